package dev.vitrail.imaging;

import java.util.Objects;
import java.util.Optional;

/**
 * What decoding does where formats leave a choice, and how much it may take.
 *
 * @param exifOrientation what is done with the orientation that a camera notes
 * @param colorProfile what is done with the file's colour profile
 * @param maxPixels the most pixels that an image may have; checked from the header, before memory
 *     for pixels is taken
 * @param maxBytes the most bytes that a file may have
 * @param acceptTruncated whether a JPEG whose data ends early counts as an image (its missing part
 *     is gray); otherwise it is corrupt, as Pillow has it
 * @param reduceTo the resize that follows, if a JPEG may be decoded at a quarter or an eighth of
 *     its size as long as that is not smaller than the resize's result, as Pillow's {@code
 *     Image.draft} does it; other pixels come out, in less time. CMYK and the rarer ways of
 *     sampling are decoded whole all the same. Empty: whole images
 */
public record DecodeOptions(
        ExifOrientation exifOrientation,
        ColorProfile colorProfile,
        long maxPixels,
        long maxBytes,
        boolean acceptTruncated,
        Optional<Resize> reduceTo) {

    /** The number of pixels at which Pillow refuses an image: 2 GiB of RGB data, divided by 12. */
    public static final long DEFAULT_MAX_PIXELS = 178_956_970L;

    /** 512 MiB: far above any photo, and within what one array holds. */
    public static final long DEFAULT_MAX_BYTES = 1L << 29;

    /** Pixels as stored, Pillow's limit, cut files are corrupt. */
    public static final DecodeOptions DEFAULT =
            new DecodeOptions(
                    ExifOrientation.IGNORE,
                    ColorProfile.IGNORE,
                    DEFAULT_MAX_PIXELS,
                    DEFAULT_MAX_BYTES,
                    false,
                    Optional.empty());

    /**
     * Checks the limits.
     *
     * @param exifOrientation as the component
     * @param colorProfile as the component
     * @param maxPixels as the component
     * @param maxBytes as the component
     * @param acceptTruncated as the component
     * @param reduceTo as the component
     * @throws IllegalArgumentException if a limit is below 1 or {@code maxBytes} above an array
     */
    public DecodeOptions {
        Objects.requireNonNull(exifOrientation, "exifOrientation");
        Objects.requireNonNull(colorProfile, "colorProfile");
        Objects.requireNonNull(reduceTo, "reduceTo");
        if (maxPixels < 1) {
            throw new IllegalArgumentException("maxPixels is " + maxPixels + ", must be above 0");
        }
        if (maxBytes < 1 || maxBytes > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "maxBytes is " + maxBytes + ", must be 1 to " + (Integer.MAX_VALUE - 8));
        }
    }

    /**
     * These options with another treatment of orientation.
     *
     * @param value what is done with the orientation that a camera notes
     * @return the changed options
     */
    public DecodeOptions withExifOrientation(ExifOrientation value) {
        return new DecodeOptions(
                value, colorProfile, maxPixels, maxBytes, acceptTruncated, reduceTo);
    }

    /**
     * These options with another treatment of colour profiles.
     *
     * @param value what is done with the file's colour profile
     * @return the changed options
     */
    public DecodeOptions withColorProfile(ColorProfile value) {
        return new DecodeOptions(
                exifOrientation, value, maxPixels, maxBytes, acceptTruncated, reduceTo);
    }

    /**
     * These options with another limit of pixels.
     *
     * @param value the most pixels that an image may have
     * @return the changed options
     */
    public DecodeOptions withMaxPixels(long value) {
        return new DecodeOptions(
                exifOrientation, colorProfile, value, maxBytes, acceptTruncated, reduceTo);
    }

    /**
     * These options with another limit of bytes.
     *
     * @param value the most bytes that a file may have
     * @return the changed options
     */
    public DecodeOptions withMaxBytes(long value) {
        return new DecodeOptions(
                exifOrientation, colorProfile, maxPixels, value, acceptTruncated, reduceTo);
    }

    /**
     * These options, with files that end early accepted or not.
     *
     * @param value whether a JPEG that ends early counts as an image
     * @return the changed options
     */
    public DecodeOptions withAcceptTruncated(boolean value) {
        return new DecodeOptions(
                exifOrientation, colorProfile, maxPixels, maxBytes, value, reduceTo);
    }

    /**
     * These options, with JPEGs decoded smaller where that is enough.
     *
     * @param resize the resize that follows
     * @return the changed options
     */
    public DecodeOptions withReduceTo(Resize resize) {
        return new DecodeOptions(
                exifOrientation,
                colorProfile,
                maxPixels,
                maxBytes,
                acceptTruncated,
                Optional.of(resize));
    }
}
