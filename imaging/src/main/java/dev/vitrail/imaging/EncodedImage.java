package dev.vitrail.imaging;

import java.io.IOException;

/**
 * An image of which the header is read and the pixels are not. Making one takes no memory that the
 * header could ask for.
 */
interface EncodedImage {
    /** Columns, as the header has it. */
    long width();

    /** Rows, as the header has it. */
    long height();

    /** The most bytes a pixel takes while it is decoded, besides the three of the result. */
    int workingBytesPerPixel();

    /** The orientation noted by the camera, {@link Orientation#UPRIGHT} where there is none. */
    Orientation orientation() throws ImageException;

    /**
     * The file's colour profile; empty where there is none for pixels that became RGB, or where it
     * cannot be put together.
     */
    default byte[] profile() throws ImageException {
        return new byte[0];
    }

    /**
     * Decodes.
     *
     * @param options whether pixels that the file has not may be filled in, and whether a smaller
     *     image is enough
     * @return {@code [height, width, 3]}, as stored
     * @throws IOException whatever a reader throws; unchecked exceptions and errors come out too
     */
    RgbImage decode(DecodeOptions options) throws IOException;
}
