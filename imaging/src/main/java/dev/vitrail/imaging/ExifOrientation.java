package dev.vitrail.imaging;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What is done with the orientation that a camera notes beside the pixels. */
public enum ExifOrientation {
    /** Pixels stay as stored: Pillow's {@code open}, timm and torchvision. */
    @JsonProperty("ignore")
    IGNORE,
    /** Pixels are turned upright: Hugging Face's image loader, image viewers. */
    @JsonProperty("apply")
    APPLY
}
