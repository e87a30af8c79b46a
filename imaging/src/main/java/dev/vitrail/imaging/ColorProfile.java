package dev.vitrail.imaging;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What is done with the colour profile (ICC.1) that a file brings along. */
public enum ColorProfile {
    /** Values are taken as stored: Pillow's {@code convert("RGB")}, and so all training on it. */
    @JsonProperty("ignore")
    IGNORE,
    /**
     * Values are converted to sRGB: {@code ImageCms.profileToProfile} in Pillow, ImageIO, image
     * viewers. A profile that is damaged or does not fit the pixels is ignored, as by ImageIO.
     */
    @JsonProperty("convert")
    CONVERT
}
