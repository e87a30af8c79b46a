package dev.vitrail.zoo.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tensor's name with places for numbers: {@code blocks.{i}.norm1.weight}. The numbers go by their
 * order, whatever the places are called; {@code block{i+1}} counts from 1.
 */
final class NameTemplate {

    private static final Pattern PLACE = Pattern.compile("\\{[a-z](\\+1)?}");

    private final String text;
    private final Pattern pattern;
    private final List<Integer> firsts;

    NameTemplate(String text) {
        this.text = text;
        StringBuilder regex = new StringBuilder();
        Matcher place = PLACE.matcher(text);
        int from = 0;
        List<Integer> firstNumbers = new ArrayList<>();
        while (place.find()) {
            boolean fromOne = place.group(1) != null;
            // No leading zero and few digits: a name has one index and one spelling.
            regex.append(Pattern.quote(text.substring(from, place.start())))
                    .append(fromOne ? "([1-9][0-9]{0,5})" : "(0|[1-9][0-9]{0,5})");
            from = place.end();
            firstNumbers.add(fromOne ? 1 : 0);
        }
        regex.append(Pattern.quote(text.substring(from)));
        pattern = Pattern.compile(regex.toString());
        firsts = List.copyOf(firstNumbers);
    }

    int places() {
        return firsts.size();
    }

    /** The numbers in a name, or nothing if the name is another. */
    Optional<List<Integer>> match(String name) {
        Matcher matcher = pattern.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        List<Integer> numbers = new ArrayList<>();
        for (int place = 0; place < firsts.size(); place++) {
            numbers.add(Integer.parseInt(matcher.group(place + 1)) - firsts.get(place));
        }
        return Optional.of(numbers);
    }

    /** The name with numbers in the places. */
    String with(List<Integer> numbers) {
        Matcher place = PLACE.matcher(text);
        StringBuilder name = new StringBuilder();
        int next = 0;
        while (place.find()) {
            int number = numbers.get(next) + firsts.get(next);
            place.appendReplacement(name, Integer.toString(number));
            next++;
        }
        return place.appendTail(name).toString();
    }

    @Override
    public String toString() {
        return text;
    }
}
