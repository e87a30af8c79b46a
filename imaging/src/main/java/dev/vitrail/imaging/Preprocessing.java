package dev.vitrail.imaging;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.BufferOverflowException;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * From a decoded image to what the network is fed, exactly as in training: resize in bytes, centre
 * crop, scale to 0..1, normalise. The {@code preprocessing} object of a config and the {@code
 * vitrail.preprocessing} entry of an ONNX file are its JSON.
 *
 * @param resize the size before the crop; a number is the short edge, a pair height and width,
 *     unless {@code crop_mode} says otherwise
 * @param crop the centre part that the network sees; a number or height and width. An image that is
 *     smaller after the resize is padded: with the mean after {@link Resize.Inside}, else with
 *     black
 * @param interpolation the filter of the resize
 * @param mean what is taken from red, green and blue after scaling to 0..1
 * @param std what red, green and blue are divided by after that
 * @param exifOrientation whether images are turned as the camera noted; ignored when absent, as by
 *     timm and torchvision
 * @param dialect whose rounding is followed; torchvision's when absent
 * @param rescaleFactor what bytes are multiplied with before they are normalised; 1/255 when absent
 * @param colorProfile what is done with a file's colour profile; ignored when absent, as by Pillow
 */
public record Preprocessing(
        Resize resize,
        Extent crop,
        Interpolation interpolation,
        List<Double> mean,
        List<Double> std,
        ExifOrientation exifOrientation,
        Dialect dialect,
        Double rescaleFactor,
        ColorProfile colorProfile) {

    /** What brings bytes to 0..1. */
    public static final double BYTE_TO_UNIT = 1.0 / 255;

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
     * @param dialect as the component
     * @param rescaleFactor as the component
     * @param colorProfile as the component
     * @throws IllegalArgumentException naming the field, its value and what would be right
     */
    public Preprocessing {
        require(resize, "resize", "an integer or [height, width]");
        require(crop, "crop", "an integer or [height, width]");
        dialect = Objects.requireNonNullElse(dialect, Dialect.TORCHVISION);
        dialect.check(interpolation);
        mean = channels("mean", mean);
        std = channels("std", std);
        if (std.stream().anyMatch(value -> value.floatValue() <= 0)) {
            throw new IllegalArgumentException("std is " + std + ", each value must be above 0");
        }
        exifOrientation = Objects.requireNonNullElse(exifOrientation, ExifOrientation.IGNORE);
        rescaleFactor = Objects.requireNonNullElse(rescaleFactor, BYTE_TO_UNIT);
        if (!(rescaleFactor > 0 && Float.isFinite(rescaleFactor.floatValue()))) {
            throw new IllegalArgumentException(
                    "rescale_factor is " + rescaleFactor + ", must be above 0");
        }
        colorProfile = Objects.requireNonNullElse(colorProfile, ColorProfile.IGNORE);
        dialect.check(resize, crop, rescaleFactor);
    }

    /**
     * With everything that has a default left at it.
     *
     * @param resize as the component
     * @param crop as the component
     * @param interpolation as the component
     * @param mean as the component
     * @param std as the component
     * @param exifOrientation as the component
     * @throws IllegalArgumentException naming the field, its value and what would be right
     */
    public Preprocessing(
            Resize resize,
            Extent crop,
            Interpolation interpolation,
            List<Double> mean,
            List<Double> std,
            ExifOrientation exifOrientation) {
        this(resize, crop, interpolation, mean, std, exifOrientation, null, null, null);
    }

    /**
     * What timm's evaluation does with these entries of a checkpoint's {@code pretrained_cfg}: the
     * size before the crop is the input's divided by {@code crop_pct}, truncated.
     *
     * <p>timm forgets the filter where an input that is not square is met by "center", and so such
     * images are resized bilinearly whatever is given here.
     *
     * @param input height and width of the network's input
     * @param cropShare {@code crop_pct}, the part of each edge that is left after the crop
     * @param cropMode {@code crop_mode}
     * @param interpolation the filter of the resize
     * @param mean as the component
     * @param std as the component
     * @return the preprocessing
     * @throws IllegalArgumentException if a value is out of range
     */
    public static Preprocessing timm(
            Extent input,
            double cropShare,
            CropMode cropMode,
            Interpolation interpolation,
            List<Double> mean,
            List<Double> std) {
        if (!(cropShare > 0)) {
            throw new IllegalArgumentException("crop_pct is " + cropShare + ", must be above 0");
        }
        Resize resize =
                cropMode.to(
                        (int) Math.floor(input.height() / cropShare),
                        (int) Math.floor(input.width() / cropShare));
        Interpolation filter =
                resize instanceof Resize.Cover ? Interpolation.BILINEAR : interpolation;
        return new Preprocessing(resize, input, filter, mean, std, ExifOrientation.IGNORE);
    }

    @JsonCreator
    static Preprocessing read(
            @JsonProperty(value = "resize", required = true) Resize resize,
            @JsonProperty("crop_mode") CropMode cropMode,
            @JsonProperty(value = "crop", required = true) Extent crop,
            @JsonProperty(value = "interpolation", required = true) Interpolation interpolation,
            @JsonProperty("dialect") Dialect dialect,
            @JsonProperty("rescale_factor") Double rescaleFactor,
            @JsonProperty(value = "mean", required = true) List<Double> mean,
            @JsonProperty(value = "std", required = true) List<Double> std,
            @JsonProperty("exif_orientation") ExifOrientation exifOrientation,
            @JsonProperty("color_profile") ColorProfile colorProfile) {
        boolean asWritten = resize == null || cropMode == null;
        return new Preprocessing(
                asWritten ? resize : cropMode.to(resize.height(), resize.width()),
                crop,
                interpolation,
                mean,
                std,
                exifOrientation,
                dialect,
                rescaleFactor,
                colorProfile);
    }

    /**
     * The JSON of this record. Keys that came after the first models are written only where they
     * say something, so that the bytes of those stay what they are.
     *
     * @return the keys in their order
     */
    @JsonValue
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("resize", resize);
        resize.cropMode().ifPresent(mode -> json.put("crop_mode", mode));
        json.put("crop", crop);
        json.put("interpolation", interpolation);
        if (dialect != Dialect.TORCHVISION) {
            json.put("dialect", dialect);
        }
        if (rescaleFactor != BYTE_TO_UNIT) {
            json.put("rescale_factor", rescaleFactor);
        }
        json.put("mean", mean);
        json.put("std", std);
        json.put("exif_orientation", exifOrientation);
        if (colorProfile != ColorProfile.IGNORE) {
            json.put("color_profile", colorProfile);
        }
        return json;
    }

    /**
     * The same in another dialect.
     *
     * @param other whose rounding is followed
     * @return a changed copy
     * @throws IllegalArgumentException if that dialect does not have what this record asks for
     */
    public Preprocessing withDialect(Dialect other) {
        return new Preprocessing(
                resize,
                crop,
                interpolation,
                mean,
                std,
                exifOrientation,
                other,
                rescaleFactor,
                colorProfile);
    }

    /**
     * The same with another scale of the bytes.
     *
     * @param other what bytes are multiplied with before they are normalised
     * @return a changed copy
     * @throws IllegalArgumentException if it is not above 0
     */
    public Preprocessing withRescaleFactor(double other) {
        return new Preprocessing(
                resize,
                crop,
                interpolation,
                mean,
                std,
                exifOrientation,
                dialect,
                other,
                colorProfile);
    }

    /**
     * The same with another treatment of orientation.
     *
     * @param other whether images are turned as the camera noted
     * @return a changed copy
     */
    public Preprocessing withExifOrientation(ExifOrientation other) {
        return new Preprocessing(
                resize,
                crop,
                interpolation,
                mean,
                std,
                other,
                dialect,
                rescaleFactor,
                colorProfile);
    }

    /**
     * The same with another treatment of colour profiles.
     *
     * @param other what is done with a file's colour profile
     * @return a changed copy
     */
    public Preprocessing withColorProfile(ColorProfile other) {
        return new Preprocessing(
                resize,
                crop,
                interpolation,
                mean,
                std,
                exifOrientation,
                dialect,
                rescaleFactor,
                other);
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
     * The same for a network of another input size. What the crop leaves of the resized image stays
     * the same share, as timm's {@code crop_pct} has it: 224 of 248 become 384 of 426.
     *
     * @param height rows of the other input
     * @param width columns of the other input
     * @return a changed copy
     * @throws IllegalArgumentException if a size is out of range
     */
    public Preprocessing withOutput(int height, int width) {
        Extent other = new Extent(height, width);
        return new Preprocessing(
                resize.scaled(crop, other, dialect),
                other,
                interpolation,
                mean,
                std,
                exifOrientation,
                dialect,
                rescaleFactor,
                colorProfile);
    }

    /**
     * How images for this preprocessing are decoded.
     *
     * @return the default options with this record's treatment of orientation and colour profiles
     */
    public DecodeOptions decodeOptions() {
        return DecodeOptions.DEFAULT
                .withExifOrientation(exifOrientation)
                .withColorProfile(colorProfile);
    }

    /**
     * How images for this preprocessing are decoded where speed counts more than exactness: JPEGs
     * not larger than the resize needs them.
     *
     * @return {@link #decodeOptions()}, reduced to this record's resize
     */
    public DecodeOptions fastDecodeOptions() {
        return decodeOptions().withReduceTo(resize);
    }

    /**
     * The filter for random crops in training: that of the resize, but bilinear for "area", as in
     * big_vision's own training. Random crops are antialiased in every dialect.
     *
     * @return one of Pillow's filters
     */
    public Interpolation cropInterpolation() {
        return interpolation == Interpolation.AREA ? Interpolation.BILINEAR : interpolation;
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
        finish(prepare(image), target);
    }

    /**
     * The steps whose result is bytes, and so is worth keeping: resize and crop. Only the part that
     * is left after the crop is computed. Where the resize stays in float, nothing is done yet.
     *
     * @param image as decoded
     * @return {@code [outputHeight, outputWidth, 3]}, or the image itself
     */
    public RgbImage prepare(RgbImage image) {
        return dialect == Dialect.VISION_TRANSFORMER ? image : resizeAndCrop(image);
    }

    /**
     * The steps that are left.
     *
     * @param prepared what {@link #prepare} gave, or an image of the network's size that was made
     *     otherwise
     * @param target takes {@code [3, outputHeight, outputWidth]} at its position, which moves past
     *     it
     * @throws java.nio.BufferOverflowException if less room is left
     */
    public void finish(RgbImage prepared, FloatBuffer target) {
        if (dialect == Dialect.VISION_TRANSFORMER) {
            resizeAndNormalise(prepared, target);
        } else {
            normalise(prepared, target);
        }
    }

    /**
     * What a prepared image looks like: the way back from what the network is fed to bytes.
     *
     * @param prepared {@code [3, outputHeight, outputWidth]}, as {@link #apply} gives it
     * @return {@code [outputHeight, outputWidth, 3]}, to be looked at
     */
    public RgbImage image(float[] prepared) {
        int plane = outputHeight() * outputWidth();
        byte[] pixels = new byte[CHANNELS * plane];
        for (int i = 0; i < pixels.length; i++) {
            int channel = i % CHANNELS;
            double unit = prepared[channel * plane + i / CHANNELS] * std.get(channel);
            double level = Math.rint((unit + mean.get(channel)) / rescaleFactor);
            pixels[i] = (byte) Math.max(0, Math.min(255, level));
        }
        return new RgbImage(outputWidth(), outputHeight(), pixels);
    }

    RgbImage resizeAndCrop(RgbImage image) {
        Size size = resize.of(new Size(image.height(), image.width()), dialect);
        Window centre = dialect.centre(size, crop);
        if (dialect == Dialect.BIG_VISION) {
            return TensorFlowResizer.bytes(levels(image, size, centre), crop);
        }
        return new Resizer(size.height(), size.width(), interpolation)
                .resize(image, Window.whole(image.width(), image.height()), centre, padding());
    }

    /** TensorFlow's resize, {@code [window height, window width, 3]}. */
    private float[] levels(RgbImage image, Size size, Window window) {
        TensorFlowResizer resizer = new TensorFlowResizer(size);
        return interpolation == Interpolation.AREA
                ? resizer.area(image, window)
                : resizer.bilinear(image, window);
    }

    /** timm rounds as Python does, ties to even. */
    private byte[] padding() {
        byte[] padding = new byte[CHANNELS];
        for (int channel = 0; resize instanceof Resize.Inside && channel < CHANNELS; channel++) {
            double level = Math.rint(255 * mean.get(channel));
            padding[channel] = (byte) Math.max(0, Math.min(255, level));
        }
        return padding;
    }

    /**
     * Scales and normalises bytes: {@code (value * rescaleFactor - mean) / std}, each step rounded
     * to float as torch and transformers do it.
     */
    void normalise(RgbImage image, FloatBuffer target) {
        byte[] pixels = image.pixels();
        int plane = image.height() * image.width();
        if (target.remaining() < CHANNELS * plane) {
            throw new BufferOverflowException();
        }
        FloatBuffer planes = target.slice();
        float[] ofRed = table(0);
        float[] ofGreen = table(1);
        float[] ofBlue = table(2);
        float[] red = new float[image.width()];
        float[] green = new float[image.width()];
        float[] blue = new float[image.width()];
        for (int y = 0, at = 0; y < image.height(); y++) {
            for (int x = 0; x < red.length; x++, at += CHANNELS) {
                int pixel = PackedPixels.get(pixels, at);
                red[x] = ofRed[pixel & 255];
                green[x] = ofGreen[pixel >>> 8 & 255];
                blue[x] = ofBlue[pixel >>> 16 & 255];
            }
            int start = y * red.length;
            planes.put(start, red).put(plane + start, green).put(2 * plane + start, blue);
        }
        target.position(target.position() + CHANNELS * plane);
    }

    /** A byte has 256 values, so the float arithmetic is done once for each. */
    private float[] table(int channel) {
        float shift = mean.get(channel).floatValue();
        float scale = std.get(channel).floatValue();
        float[] table = new float[256];
        for (int value = 0; value < table.length; value++) {
            table[value] = ((float) (value * rescaleFactor) - shift) / scale;
        }
        return table;
    }

    /** As google-research/vision_transformer: {@code (level - 127.5) / 127.5} for mean 0.5. */
    private void resizeAndNormalise(RgbImage image, FloatBuffer target) {
        Window whole = Window.whole(crop.width(), crop.height());
        float[] levels = levels(image, new Size(crop.height(), crop.width()), whole);
        float[] plane = new float[crop.height() * crop.width()];
        for (int channel = 0; channel < CHANNELS; channel++) {
            float shift = (float) (255 * mean.get(channel));
            float scale = (float) (255 * std.get(channel));
            for (int i = 0; i < plane.length; i++) {
                plane[i] = (levels[CHANNELS * i + channel] - shift) / scale;
            }
            target.put(plane);
        }
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
