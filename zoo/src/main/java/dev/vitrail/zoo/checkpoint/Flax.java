package dev.vitrail.zoo.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.vitrail.imaging.ExifOrientation;
import dev.vitrail.imaging.Extent;
import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.Resize;
import dev.vitrail.zoo.config.ActivationKind;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.Labels;
import dev.vitrail.zoo.config.PositionResampling;
import java.util.List;
import java.util.Optional;

/**
 * Google's npz files, which are written from Flax networks: tensors and nothing else, so heads are
 * read from a query's kernel, and the rest of the dialect is that of the code.
 */
abstract class Flax implements Family {

    /** Flax's default. */
    private static final double GROUP_NORM_EPSILON = 1e-6;

    private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);

    private final String id;
    private final List<String> prefixes;

    /**
     * A family.
     *
     * @param prefixes that the network's names may have in a file, the longest first
     */
    Flax(String id, List<String> prefixes) {
        this.id = id;
        this.prefixes = prefixes;
    }

    @Override
    public final String id() {
        return id;
    }

    /** The names of the network in a file, if there is one. */
    final Optional<FlaxNames> find(Source source) {
        return prefixes.stream()
                .filter(prefix -> FlaxNames.areIn(source, prefix))
                .findFirst()
                .map(prefix -> FlaxNames.in(source, prefix));
    }

    /** The names of the network in a file that was recognised. */
    final FlaxNames flaxNames(Source source) {
        return find(source).orElseThrow();
    }

    @Override
    public NameMap names(Source source) {
        return flaxNames(source).names();
    }

    @Override
    public Dialect dialect(Source source, List<String> notes) {
        return new Dialect()
                .groupNormEpsilon(GROUP_NORM_EPSILON)
                .activation(ActivationKind.GELU_TANH)
                .resampling(PositionResampling.BILINEAR_ALIGNED)
                .heads(heads(source));
    }

    /** The kernel of a query is {@code [dim, heads, head dim]}, behind a depth axis if scanned. */
    private Optional<Integer> heads(Source source) {
        return flaxNames(source).queryKernels(source).stream()
                .map(name -> source.shapes().get(name))
                .filter(shape -> shape.dimension() >= 3)
                .map(Flax::lastButOne)
                .findFirst();
    }

    private static int lastButOne(Shape shape) {
        return Math.toIntExact(shape.get(shape.dimension() - 2));
    }

    @Override
    public void check(Source source, Architecture found) {
        // There is no config that could say something else.
    }

    @Override
    public Optional<Labels> labels(Source source, List<String> notes) {
        return Optional.empty();
    }

    /** Values to -1..1, by the resize of a project of Google's. */
    static Preprocessing preprocessing(
            Architecture found,
            Resize resize,
            Interpolation interpolation,
            dev.vitrail.imaging.Dialect dialect) {
        return new Preprocessing(
                resize,
                new Extent(found.imageHeight(), found.imageWidth()),
                interpolation,
                HALF,
                HALF,
                ExifOrientation.IGNORE,
                dialect,
                null,
                null);
    }

    /** To the input's size without keeping the aspect ratio. */
    static Resize squash(Architecture found) {
        return new Resize.Exact(found.imageHeight(), found.imageWidth());
    }
}
