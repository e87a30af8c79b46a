package dev.vitrail.imaging;

import java.util.Optional;

/** The formats that are read, each known by how a file begins; names of files count nothing. */
enum ImageFormat {
    JPEG {
        @Override
        boolean begins(ImageSource source) {
            return source.has(0, "\u00FF\u00D8\u00FF");
        }

        @Override
        EncodedImage open(ImageSource source) throws ImageException {
            return JpegImage.open(source);
        }
    },
    PNG {
        @Override
        boolean begins(ImageSource source) {
            return source.has(0, PngImage.SIGNATURE);
        }

        @Override
        EncodedImage open(ImageSource source) throws ImageException {
            return PngImage.open(source);
        }
    },
    GIF {
        @Override
        boolean begins(ImageSource source) {
            return source.has(0, "GIF87a") || source.has(0, "GIF89a");
        }

        @Override
        EncodedImage open(ImageSource source) throws ImageException {
            return GifImage.open(source);
        }
    },
    BMP {
        @Override
        boolean begins(ImageSource source) {
            return source.has(0, "BM");
        }

        @Override
        EncodedImage open(ImageSource source) throws ImageException {
            return BmpImage.open(source);
        }
    },
    TIFF {
        @Override
        boolean begins(ImageSource source) {
            return source.has(0, "II*\0") || source.has(0, "MM\0*");
        }

        @Override
        EncodedImage open(ImageSource source) throws ImageException {
            return TiffImage.open(source);
        }
    },
    WEBP {
        @Override
        boolean begins(ImageSource source) {
            return source.has(0, "RIFF") && source.has(8, "WEBP");
        }

        @Override
        EncodedImage open(ImageSource source) throws ImageException {
            return WebpImage.open(source);
        }
    };

    abstract boolean begins(ImageSource source);

    /** Reads the header. */
    abstract EncodedImage open(ImageSource source) throws ImageException;

    static Optional<ImageFormat> of(ImageSource source) {
        for (ImageFormat format : values()) {
            if (format.begins(source)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }
}
