package dev.vitrail.zoo.checkpoint;

import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.Preprocessing;
import dev.vitrail.zoo.config.Architecture;
import java.util.List;

/**
 * google-research/vision_transformer: the checkpoints of the ViT paper and of "How to train your
 * ViT?" (AugReg), and dumps of their training.
 */
final class VisionTransformerJax extends Flax {

    VisionTransformerJax() {
        super("google", List.of("opt/target/", ""));
    }

    @Override
    public boolean recognises(Source source) {
        return find(source).isPresent();
    }

    @Override
    public NameMap names(Source source) {
        return super.names(source).leaveOut("opt/state/*", "the optimizer's state");
    }

    @Override
    public Dialect dialect(Source source, List<String> notes) {
        if (!source.hasAny("*pos_embedding")) {
            throw source.refused("tensor \"" + flaxNames(source).positions() + "\" is missing");
        }
        return super.dialect(source, notes);
    }

    @Override
    public Preprocessing preprocessing(Source source, Architecture found, List<String> notes) {
        notes.add(
                "the file has no preprocessing: it is that of vision_transformer's own evaluation");
        return preprocessing(
                found,
                squash(found),
                Interpolation.BILINEAR,
                dev.vitrail.imaging.Dialect.VISION_TRANSFORMER);
    }
}
