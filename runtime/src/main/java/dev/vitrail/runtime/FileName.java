package dev.vitrail.runtime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Names that every file system takes for one file or folder, made of texts that say anything. */
final class FileName {
    /** Below the 255 bytes that file systems allow, with room for a number. */
    private static final int MOST_BYTES = 200;

    private static final Pattern UNSAFE = Pattern.compile("[\\p{Cntrl}\uFFFD/\\\\:*?\"<>|]");

    /** Devices to Windows, whatever ending they have. */
    private static final Pattern RESERVED =
            Pattern.compile(
                    "(con|prn|aux|nul|conin\\$|conout\\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])(\\..*)?",
                    Pattern.CASE_INSENSITIVE);

    private FileName() {}

    /** One name for each label, all different whatever the file system thinks of capitals. */
    static List<String> ofEach(List<String> labels, Set<String> taken) {
        Set<String> used = new HashSet<>(taken);
        List<String> names = new ArrayList<>(labels.size());
        for (String label : labels) {
            String safe = of(label);
            String name = safe;
            for (int number = 2; !used.add(key(name)); number++) {
                name = numbered(safe, number);
            }
            names.add(name);
        }
        return List.copyOf(names);
    }

    /** A name as like the text as can be; never a path, never hidden. */
    static String of(String text) {
        String name = UNSAFE.matcher(RowText.of(text)).replaceAll("_").strip();
        if (name.startsWith(".")) {
            name = "_" + name.substring(1);
        }
        // Windows drops dots and spaces at the end.
        name = cut(name, MOST_BYTES).replaceAll("[. ]+$", "");
        if (name.isEmpty()) {
            return "_";
        }
        return RESERVED.matcher(name).matches() ? "_" + name : name;
    }

    /** The same name with a number before its ending: {@code a-2.jpg}. */
    static String numbered(String name, int number) {
        int dot = name.lastIndexOf('.');
        String ending = dot > 0 && name.length() - dot <= 6 ? name.substring(dot) : "";
        String stem = name.substring(0, name.length() - ending.length());
        return cut(stem, MOST_BYTES) + "-" + number + ending;
    }

    /** What two names have in common that some file system takes for one. */
    static String key(String name) {
        return java.text.Normalizer.normalize(name, java.text.Normalizer.Form.NFC)
                .toLowerCase(Locale.ROOT);
    }

    private static String cut(String name, int mostBytes) {
        int end = name.length();
        while (name.substring(0, end).getBytes(StandardCharsets.UTF_8).length > mostBytes) {
            end = name.offsetByCodePoints(end, -1);
        }
        return name.substring(0, end);
    }
}
