package dev.vitrail.imaging;

/**
 * A JPEG that is damaged, or of a kind that {@link JpegScans} leaves to Java's reader. Not a
 * verdict on the file, hence neither message nor trace.
 */
final class OddJpegException extends Exception {
    private static final long serialVersionUID = 1;

    OddJpegException() {
        super(null, null, false, false);
    }
}
