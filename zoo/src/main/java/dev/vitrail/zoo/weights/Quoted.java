package dev.vitrail.zoo.weights;

/** Other people's words in our messages: short, and without characters that move a cursor. */
final class Quoted {

    private static final int LONGEST = 100;

    private Quoted() {}

    /** In double quotes. */
    static String of(String text) {
        return '"' + plain(text) + '"';
    }

    static String tensor(String name) {
        return "tensor " + of(name);
    }

    static String member(String name) {
        return "member " + of(name);
    }

    /** Without quotes. */
    static String plain(String text) {
        StringBuilder plain = new StringBuilder();
        text.codePoints().limit(LONGEST).forEach(character -> append(plain, character));
        return text.codePointCount(0, text.length()) > LONGEST
                ? plain.append('…').toString()
                : plain.toString();
    }

    /** Whether a string has no half of a surrogate pair, which JSON can write and no file hold. */
    static boolean isText(String string) {
        return string.codePoints()
                .noneMatch(character -> Character.getType(character) == Character.SURROGATE);
    }

    private static void append(StringBuilder plain, int character) {
        boolean shown =
                switch (Character.getType(character)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR ->
                            false;
                    default -> true;
                };
        if (shown) {
            plain.appendCodePoint(character);
        } else {
            plain.append(String.format("\\u%04x", character));
        }
    }
}
