package dev.vitrail.cli;

import java.nio.file.Path;

/** The folder of the distribution: configs and test images lie in it. */
final class Home {
    private Home() {}

    /** As the launcher says, otherwise the working folder. */
    static Path path() {
        return Path.of(System.getProperty("vitrail.home", ""));
    }
}
