package dev.vitrail.zoo.train;

import dev.vitrail.zoo.data.ImageFolder;
import dev.vitrail.zoo.data.LabelledImage;
import dev.vitrail.zoo.train.Evaluation.Mistake;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Keeps those wrong predictions of an evaluation that the network was surest of. */
final class WorstMistakes {

    /** Equally sure ones in the order of their paths, so that the same weights give the same. */
    private static final Comparator<Mistake> SUREST_FIRST =
            Comparator.comparingDouble(Mistake::probability)
                    .reversed()
                    .thenComparing(Mistake::path);

    private final ImageFolder folder;
    private final int most;
    private final PriorityQueue<Mistake> leastSureFirst =
            new PriorityQueue<>(SUREST_FIRST.reversed());

    /**
     * Keeps none yet.
     *
     * @param folder of the pictures
     * @param most so many are kept
     */
    WorstMistakes(ImageFolder folder, int most) {
        this.folder = folder;
        this.most = most;
    }

    /** Looks at a prediction, right or wrong. */
    void add(LabelledImage image, ImageLogits said) {
        int predicted = said.best();
        if (predicted == said.label()) {
            return;
        }
        leastSureFirst.add(
                new Mistake(
                        folder.pathBelow(image),
                        folder.classes().get(said.label()),
                        folder.classes().get(predicted),
                        Math.exp(-CrossEntropy.of(said.logits(), predicted))));
        if (leastSureFirst.size() > most) {
            leastSureFirst.remove();
        }
    }

    /** The surest first. */
    List<Mistake> list() {
        List<Mistake> mistakes = new ArrayList<>(leastSureFirst);
        mistakes.sort(SUREST_FIRST);
        return mistakes;
    }
}
