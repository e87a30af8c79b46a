package dev.vitrail.imaging;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The files in the resource folder {@code pillow}, whose README says what they are. */
final class PillowFiles {
    /** Each has its pixels beside it, and each is a seed of the tests over damaged files. */
    static final List<String> NAMES =
            List.of(
                    "jpeg-420.jpg",
                    "jpeg-422.jpg",
                    "jpeg-444.jpg",
                    "jpeg-progressive.jpg",
                    "jpeg-gray.jpg",
                    "jpeg-cmyk.jpg",
                    "xmp-attribute.jpg",
                    "xmp-element.jpg",
                    "xmp-beside-exif.jpg",
                    "xmp-beside-other-exif.jpg",
                    "xmp-png.png",
                    "xmp-png-compressed.png",
                    "xmp-webp.webp",
                    "exif-1.jpg",
                    "exif-2.jpg",
                    "exif-3.jpg",
                    "exif-4.jpg",
                    "exif-5.jpg",
                    "exif-6.jpg",
                    "exif-7.jpg",
                    "exif-8.jpg",
                    "exif-png.png",
                    "exif-png-marker.png",
                    "exif-webp.webp",
                    "png-rgb.png",
                    "png-rgba.png",
                    "png-gray.png",
                    "png-gray-alpha.png",
                    "png-1bit.png",
                    "png-palette.png",
                    "png-palette-4bit.png",
                    "png-short-palette.png",
                    "png-palette-transparent.png",
                    "png-rgb-transparent.png",
                    "png-rgb-16bit.png",
                    "png-rgba-16bit.png",
                    "png-gray-alpha-16bit.png",
                    "gif-palette.gif",
                    "gif-interlaced.gif",
                    "gif-animated.gif",
                    "gif-beyond-palette.gif",
                    "gif-no-palette.gif",
                    "gif-gray-palette.gif",
                    "gif-gray-own-palette.gif",
                    "bmp-rgb.bmp",
                    "bmp-rgba.bmp",
                    "bmp-palette.bmp",
                    "bmp-gray.bmp",
                    "bmp-1bit.bmp",
                    "tiff-rgb.tif",
                    "tiff-lzw.tif",
                    "tiff-deflate.tif",
                    "tiff-packbits.tif",
                    "tiff-g4.tif",
                    "tiff-palette.tif",
                    "tiff-gray.tif",
                    "tiff-rgba.tif",
                    "tiff-cmyk-lzw.tif",
                    "tiff-cmyk-16bit.tif",
                    "tiff-cmyk-extra.tif",
                    "tiff-rgba-jpeg.tif",
                    "tiff-rgb-jpeg.tif",
                    "tiff-cmyk-jpeg.tif",
                    "tiff-ycbcr-jpeg.tif",
                    "tiff-ycbcr-lzw.tif",
                    "tiff-ycbcr-range.tif",
                    "tiff-tiles-differences.tif",
                    "tiff-planes-differences.tif",
                    "tiff-16bit-differences.tif",
                    "tiff-16bit-differences-big-endian.tif",
                    "tiff-fill-order.tif",
                    "tiff-five-samples.tif",
                    "tiff-multiplied-alpha.tif",
                    "webp-lossless.webp",
                    "webp-lossless-alpha.webp",
                    "webp-lossless-alpha-zero.webp",
                    "webp-lossless-groups.webp",
                    "webp-lossless-last-bits.webp",
                    "webp-lossless-palette.webp",
                    "webp-lossless-short.webp",
                    "webp-animated.webp",
                    "webp-lossy.webp",
                    "webp-lossy-alpha.webp",
                    "webp-lossy-coarse.webp",
                    "webp-lossy-odd.webp",
                    "webp-lossy-parts.webp",
                    "webp-lossy-photo.webp",
                    "webp-lossy-simple.webp",
                    "webp-lossy-segments.webp");

    private PillowFiles() {}

    static byte[] bytes(String name) throws IOException {
        try (InputStream file = PillowFiles.class.getResourceAsStream("pillow/" + name)) {
            if (file == null) {
                throw new IOException("no resource pillow/" + name);
            }
            return file.readAllBytes();
        }
    }

    static RgbImage decode(String name, DecodeOptions options) throws IOException {
        return ImageDecoder.decode(bytes(name), name, options);
    }
}
