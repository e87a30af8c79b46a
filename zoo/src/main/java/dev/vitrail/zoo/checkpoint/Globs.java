package dev.vitrail.zoo.checkpoint;

import java.util.regex.Pattern;

/** Patterns of tensor names: {@code *} is any number of characters, dots included. */
final class Globs {

    private Globs() {}

    static Pattern pattern(String glob) {
        StringBuilder regex = new StringBuilder();
        int from = 0;
        for (int star = glob.indexOf('*'); star >= 0; star = glob.indexOf('*', from)) {
            regex.append(Pattern.quote(glob.substring(from, star))).append(".*");
            from = star + 1;
        }
        return Pattern.compile(regex.append(Pattern.quote(glob.substring(from))).toString());
    }
}
