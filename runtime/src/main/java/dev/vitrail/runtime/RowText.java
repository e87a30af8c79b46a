package dev.vitrail.runtime;

/** Messages as rows have them: what a library said may not be valid Unicode. */
final class RowText {
    private RowText() {}

    static String of(String message) {
        StringBuilder text = new StringBuilder();
        message.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .forEach(text::appendCodePoint);
        return text.toString();
    }
}
