package dev.vitrail.imaging;

/**
 * A JPEG up to the point from which nothing can fail: its coefficients, of which {@link
 * JpegColumns} makes pixels.
 *
 * @param components with all of their coefficients
 */
record JpegCoefficients(JpegComponent[] components, int width, int height) {}
