package dev.vitrail.zoo.config;

/**
 * How a learned position table is brought to another grid. The families of checkpoints differ, and
 * so do their logits at another image size.
 */
public enum PositionResampling {
    /** Bicubic (a = -0.5), antialiased, half-pixel centres: timm, DINOv2 with registers. */
    BICUBIC_ANTIALIAS("bicubic_antialias"),
    /** Bicubic (a = -0.75), half-pixel centres, no antialiasing: Hugging Face otherwise. */
    BICUBIC("bicubic"),
    /** As before, but with a tenth of a place more on each axis: DINOv2 without registers. */
    BICUBIC_OFFSET("bicubic_offset"),
    /** Bicubic (a = -0.75), corners on corners: torchvision. */
    BICUBIC_ALIGNED("bicubic_aligned"),
    /** Linear, corners on corners: Google's vision_transformer. */
    BILINEAR_ALIGNED("bilinear_aligned"),
    /** Linear, half-pixel centres, no antialiasing: timm for Google's files and FlexiViT. */
    BILINEAR("bilinear");

    private final String id;

    PositionResampling(String id) {
        this.id = id;
    }

    /**
     * The word that a config uses.
     *
     * @return such as {@code bicubic_antialias}
     */
    public String id() {
        return id;
    }
}
