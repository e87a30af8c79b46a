package dev.vitrail.zoo.checkpoint;

import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.imaging.Resize;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.PositionEmbedding;
import java.util.List;
import java.util.Optional;

/** google-research/big_vision: its classifiers, and the image towers of SigLIP. */
final class BigVision extends Flax {

    private static final String TOWER = "params/img/";

    /** What {@code configs/vit_s16_i1k.py}, whose positions are not in its files, trains with. */
    private static final int USUAL_IMAGE = 224;

    BigVision() {
        super("big_vision", List.of(TOWER, "params/", "opt/target/", ""));
    }

    @Override
    public boolean recognises(Source source) {
        return find(source)
                .filter(
                        names ->
                                names.prefix().startsWith("params/")
                                        || names.layout() == FlaxNames.Layout.BIG_VISION)
                .isPresent();
    }

    @Override
    public NameMap names(Source source) {
        NameMap names = super.names(source);
        if (flaxNames(source).prefix().equals(TOWER)) {
            names.leaveOut("params/txt/*", "the text tower")
                    .leaveOut("params/t", "compares image and text")
                    .leaveOut("params/b", "compares image and text");
        }
        return names.leaveOut("opt/state/*", "the optimizer's state")
                .leaveOut("opt/*/*", "the optimizer's state")
                .leaveOut("chrono/*", "times of the training");
    }

    @Override
    public Dialect dialect(Source source, List<String> notes) {
        Dialect dialect = super.dialect(source, notes);
        if (source.hasAny("*pos_embedding")) {
            return dialect;
        }
        notes.add(
                "positions are not in the file: they are fixed sines and cosines, for an image of "
                        + USUAL_IMAGE
                        + " unless --image-size says otherwise");
        return dialect.positions(PositionEmbedding.SINCOS_BIG_VISION)
                .imageSize(Optional.of(List.of(USUAL_IMAGE, USUAL_IMAGE)));
    }

    /**
     * SigLIP's demo resizes to the input; {@code vit_s16_i1k} takes the centre 224 of a short edge
     * of 256, and its small resize averages areas.
     */
    @Override
    public Preprocessing preprocessing(Source source, Architecture found, List<String> notes) {
        boolean tower = flaxNames(source).prefix().equals(TOWER);
        boolean square = found.imageHeight() == found.imageWidth();
        notes.add(
                "the file has no preprocessing: it is that of big_vision's "
                        + (tower ? "SigLIP" : "ImageNet evaluation"));
        return tower || !square
                ? preprocessing(
                        found,
                        squash(found),
                        Interpolation.BILINEAR,
                        dev.vitrail.imaging.Dialect.BIG_VISION)
                : preprocessing(
                        found,
                        new Resize.ShortEdge(found.imageHeight() * 8 / 7),
                        Interpolation.AREA,
                        dev.vitrail.imaging.Dialect.BIG_VISION);
    }
}
