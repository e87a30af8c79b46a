package dev.vitrail.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One run of the command inside the test's own process, and what it said. */
record Command(int exitCode, String out, String err) {

    static Command run(Object... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code =
                Main.run(
                        new Console(out, err, false, false),
                        Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
        return new Command(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
