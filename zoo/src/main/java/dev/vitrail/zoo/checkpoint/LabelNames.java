package dev.vitrail.zoo.checkpoint;

import dev.vitrail.zoo.config.Labels;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Class names of other projects, which repeat: ImageNet has two cranes. */
final class LabelNames {

    private LabelNames() {}

    /** Labels of which no two are alike; what is repeated or blank gets its index. */
    static Labels distinct(List<String> names, List<String> notes) {
        Set<String> seen = new HashSet<>();
        List<String> distinct = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i).isBlank() ? Integer.toString(i) : names.get(i);
            String own = name;
            while (!seen.add(own)) {
                own = own + " (" + i + ")";
            }
            if (!own.equals(names.get(i))) {
                changed.add(own);
            }
            distinct.add(own);
        }
        if (!changed.isEmpty()) {
            notes.add(
                    changed.size()
                            + " labels were repeated or blank and have their index now, such as"
                            + " \""
                            + changed.get(0)
                            + "\"");
        }
        return Labels.of(distinct);
    }
}
