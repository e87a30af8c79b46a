package dev.vitrail.imaging;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;

/**
 * From a decoded image to what the network is fed, exactly as in training: resize in bytes, centre
 * crop, scale to 0..1, normalise. The {@code preprocessing} object of a config and the {@code
 * vitrail.preprocessing} entry of an ONNX file are its JSON.
 *
 * @param resize the size before the crop; a number is the short edge, a pair height and width
 * @param crop the centre part that the network sees; a number or height and width. An image that is
 *     smaller after the resize is padded with black
 * @param interpolation the filter of the resize
 * @param mean what is taken from red, green and blue after scaling to 0..1
 * @param std what red, green and blue are divided by after that
 * @param exifOrientation whether images are turned as the camera noted; ignored when absent, as by
 *     timm and torchvision
 */
public record Preprocessing(
        @JsonProperty(value = "resize", required = true) Resize resize,
        @JsonProperty(value = "crop", required = true) Extent crop,
        @JsonProperty(value = "interpolation", required = true) Interpolation interpolation,
        @JsonProperty(value = "mean", required = true) List<Double> mean,
        @JsonProperty(value = "std", required = true) List<Double> std,
        @JsonProperty("exif_orientation") ExifOrientation exifOrientation) {

    private static final int CHANNELS = 3;

    /**
     * Checks every field.
     *
     * @param resize as the component
     * @param crop as the component
     * @param interpolation as the component
     * @param mean as the component
     * @param std as the component
     * @param exifOrientation as the component
     * @throws IllegalArgumentException naming the field, its value and what would be right
     */
    public Preprocessing {
        require(resize, "resize", "an integer or [height, width]");
        require(crop, "crop", "an integer or [height, width]");
        require(interpolation, "interpolation", "\"bilinear\" or \"bicubic\"");
        mean = channels("mean", mean);
        std = channels("std", std);
        if (std.stream().anyMatch(value -> value.floatValue() <= 0)) {
            throw new IllegalArgumentException("std is " + std + ", each value must be above 0");
        }
        exifOrientation = Objects.requireNonNullElse(exifOrientation, ExifOrientation.IGNORE);
    }

    /**
     * The height of what the network is fed.
     *
     * @return rows after the crop
     */
    public int outputHeight() {
        return crop.height();
    }

    /**
     * The width of what the network is fed.
     *
     * @return columns after the crop
     */
    public int outputWidth() {
        return crop.width();
    }

    /**
     * How images for this preprocessing are decoded.
     *
     * @return the default options with this record's treatment of orientation
     */
    public DecodeOptions decodeOptions() {
        return DecodeOptions.DEFAULT.withExifOrientation(exifOrientation);
    }

    /**
     * Resizes, antialiased and in bytes as Pillow does, and takes the centre. Only the part that is
     * left after the crop is computed.
     *
     * @param image as decoded
     * @return {@code [outputHeight, outputWidth, 3]}
     */
    public RgbImage resizeAndCrop(RgbImage image) {
        Resizer resizer = resize.resizer(image, interpolation);
        Window centre =
                Window.centred(resizer.width(), resizer.height(), crop.width(), crop.height());
        return resizer.resize(image, Window.whole(image.width(), image.height()), centre);
    }

    /**
     * Scales bytes to 0..1 and normalises them: {@code (value / 255 - mean) / std}, each step
     * rounded to float as torch does it.
     *
     * @param image any size
     * @param target takes {@code [3, height, width]} at its position, which moves past it
     * @throws java.nio.BufferOverflowException if less room is left
     */
    public void normalise(RgbImage image, FloatBuffer target) {
        byte[] pixels = image.pixels();
        float[] row = new float[image.width()];
        for (int channel = 0; channel < CHANNELS; channel++) {
            float[] table = table(channel);
            for (int y = 0, at = channel; y < image.height(); y++) {
                for (int x = 0; x < row.length; x++, at += CHANNELS) {
                    row[x] = table[pixels[at] & 0xFF];
                }
                target.put(row);
            }
        }
    }

    /**
     * All steps after decoding.
     *
     * @param image as decoded
     * @param target takes {@code [3, outputHeight, outputWidth]} at its position, which moves past
     *     it
     * @throws java.nio.BufferOverflowException if less room is left
     */
    public void apply(RgbImage image, FloatBuffer target) {
        normalise(resizeAndCrop(image), target);
    }

    /** A byte has 256 values, so the float arithmetic is done once for each. */
    private float[] table(int channel) {
        float shift = mean.get(channel).floatValue();
        float scale = std.get(channel).floatValue();
        float[] table = new float[256];
        for (int value = 0; value < table.length; value++) {
            table[value] = (value / 255f - shift) / scale;
        }
        return table;
    }

    private static void require(Object value, String field, String right) {
        if (value == null) {
            throw new IllegalArgumentException(field + " is missing, must be " + right);
        }
    }

    private static List<Double> channels(String field, List<Double> values) {
        require(values, field, "three numbers, for red, green and blue");
        boolean finite = values.stream().allMatch(v -> v != null && Float.isFinite(v.floatValue()));
        if (values.size() != CHANNELS || !finite) {
            throw new IllegalArgumentException(
                    field + " is " + values + ", must be three numbers, for red, green and blue");
        }
        return List.copyOf(values);
    }
}
