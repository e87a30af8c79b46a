package dev.vitrail.imaging;

import java.io.IOException;

/**
 * The first page of a TIFF (TIFF 6.0), as far as Java's reader goes: gray, palette and RGB of up to
 * 16 bits. Its Orientation tag belongs to the format and is always followed, as by Pillow.
 */
final class TiffImage implements EncodedImage {
    private final ImageSource source;
    private final long width;
    private final long height;
    private final int bytesPerPixel;
    private final Orientation orientation;

    private TiffImage(ImageSource source, TiffDirectory directory) throws ImageException {
        this.source = source;
        this.width = directory.value(TiffDirectory.WIDTH).orElse(0);
        this.height = directory.value(TiffDirectory.HEIGHT).orElse(0);
        this.orientation = directory.orientation();
        long bits = directory.value(TiffDirectory.BITS_PER_SAMPLE).orElse(1);
        long samples = directory.value(TiffDirectory.SAMPLES_PER_PIXEL).orElse(1);
        if (bits > 16 || samples > 4) {
            throw source.unsupported(
                    "a TIFF of " + samples + " samples of " + bits + " bits is not read");
        }
        this.bytesPerPixel = (int) (samples * (bits > 8 ? 2 : 1));
    }

    static TiffImage open(ImageSource source) throws ImageException {
        return new TiffImage(source, new TiffDirectory(source, 0));
    }

    @Override
    public long width() {
        return width;
    }

    @Override
    public long height() {
        return height;
    }

    @Override
    public int workingBytesPerPixel() {
        return bytesPerPixel;
    }

    @Override
    public Orientation orientation() {
        return Orientation.UPRIGHT; // followed already
    }

    @Override
    public RgbImage decode(boolean acceptTruncated) throws IOException {
        MemoryStream stream = new MemoryStream(source.bytes());
        RgbImage stored = RasterPixels.toRgb(source, JdkReader.read(ImageFormat.TIFF, stream));
        return orientation.apply(stored);
    }
}
