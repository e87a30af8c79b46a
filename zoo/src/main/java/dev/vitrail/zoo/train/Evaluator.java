package dev.vitrail.zoo.train;

import dev.vitrail.imaging.DecodeOptions;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.zoo.data.ImageFolder;
import dev.vitrail.zoo.data.LabelledImage;
import dev.vitrail.zoo.data.UnreadableImage;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs a network over labelled pictures, fed exactly as in classification: the config's {@link
 * Preprocessing} and nothing random.
 */
public final class Evaluator implements AutoCloseable {

    private final PlainPictures pictures;

    /**
     * Creates an evaluator that can run many times.
     *
     * @param folder the pictures and classes
     * @param preprocessing how a picture becomes the network's input
     * @param loading batch size, threads and memory
     * @param listener told once of every picture that cannot be decoded
     */
    public Evaluator(
            ImageFolder folder,
            Preprocessing preprocessing,
            Loading loading,
            Consumer<UnreadableImage> listener) {
        this(folder, preprocessing, preprocessing.decodeOptions(), loading, listener);
    }

    /**
     * Creates an evaluator whose pictures are decoded otherwise than the preprocessing says.
     *
     * @param folder the pictures and classes
     * @param preprocessing how a picture becomes the network's input
     * @param decoding how a file becomes a picture
     * @param loading batch size, threads and memory
     * @param listener told once of every picture that cannot be decoded
     */
    public Evaluator(
            ImageFolder folder,
            Preprocessing preprocessing,
            DecodeOptions decoding,
            Loading loading,
            Consumer<UnreadableImage> listener) {
        pictures = new PlainPictures(folder, preprocessing, decoding, loading, listener);
    }

    /**
     * Evaluates a network.
     *
     * @param network what gives the logits
     * @return the figures
     * @throws dev.vitrail.zoo.ZooException if no picture can be decoded
     */
    public Evaluation evaluate(LogitsFunction network) {
        return evaluate(network, image -> {});
    }

    /**
     * Evaluates a network and tells what it said about every picture.
     *
     * @param network what gives the logits
     * @param predictions told of every decodable picture, in the order of the folder
     * @return the figures
     * @throws dev.vitrail.zoo.ZooException if no picture can be decoded
     */
    public Evaluation evaluate(LogitsFunction network, Consumer<ImageLogits> predictions) {
        Tally tally = new Tally(pictures.folder());
        pictures.forEach(
                batch -> {
                    float[][] logits = network.logits(batch.pixels(), batch.size());
                    int[] indexes = batch.indexes();
                    for (int i = 0; i < logits.length; i++) {
                        LabelledImage image = pictures.folder().images().get(indexes[i]);
                        ImageLogits said = new ImageLogits(image.path(), image.label(), logits[i]);
                        tally.add(image, said);
                        predictions.accept(said);
                    }
                });
        return tally.evaluation(pictures.unreadable());
    }

    /** What was said so far, counted. */
    private static final class Tally {
        private final List<String> classes;
        private final WorstMistakes mistakes;
        private final int[][] confusion;
        private double loss;
        private int top5;
        private int images;

        Tally(ImageFolder folder) {
            this.classes = folder.classes();
            confusion = new int[classes.size()][classes.size()];
            mistakes = new WorstMistakes(folder, Evaluation.MOST_MISTAKES);
        }

        void add(LabelledImage image, ImageLogits said) {
            if (said.logits().length != confusion.length) {
                throw new IllegalArgumentException(
                        "the network has "
                                + said.logits().length
                                + " logits for "
                                + confusion.length
                                + " classes");
            }
            confusion[said.label()][said.best()]++;
            loss += CrossEntropy.of(said.logits(), said.label());
            top5 += said.rank() < 5 ? 1 : 0;
            images++;
            mistakes.add(image, said);
        }

        Evaluation evaluation(int unreadable) {
            return new Evaluation(
                    classes, confusion, loss / images, top5, unreadable, mistakes.list());
        }
    }

    /** Ends the background threads. */
    @Override
    public void close() {
        pictures.close();
    }
}
