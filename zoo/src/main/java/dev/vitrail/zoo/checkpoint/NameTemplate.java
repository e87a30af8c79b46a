package dev.vitrail.zoo.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tensor's name with places for numbers: {@code blocks.{i}.norm1.weight}. The numbers go by their
 * order, whatever the places are called.
 */
final class NameTemplate {

    private static final Pattern PLACE = Pattern.compile("\\{[a-z]}");

    private final String text;
    private final Pattern pattern;
    private final int places;

    NameTemplate(String text) {
        this.text = text;
        StringBuilder regex = new StringBuilder();
        Matcher place = PLACE.matcher(text);
        int from = 0;
        int count = 0;
        while (place.find()) {
            // No leading zero and few digits: a name has one index and one spelling.
            regex.append(Pattern.quote(text.substring(from, place.start())))
                    .append("(0|[1-9][0-9]{0,5})");
            from = place.end();
            count++;
        }
        regex.append(Pattern.quote(text.substring(from)));
        pattern = Pattern.compile(regex.toString());
        places = count;
    }

    int places() {
        return places;
    }

    /** The numbers in a name, or nothing if the name is another. */
    Optional<List<Integer>> match(String name) {
        Matcher matcher = pattern.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        List<Integer> numbers = new ArrayList<>();
        for (int group = 1; group <= places; group++) {
            numbers.add(Integer.parseInt(matcher.group(group)));
        }
        return Optional.of(numbers);
    }

    /** The name with numbers in the places. */
    String with(List<Integer> numbers) {
        Matcher place = PLACE.matcher(text);
        StringBuilder name = new StringBuilder();
        int next = 0;
        while (place.find()) {
            place.appendReplacement(name, Integer.toString(numbers.get(next++)));
        }
        return place.appendTail(name).toString();
    }

    @Override
    public String toString() {
        return text;
    }
}
