package dev.vitrail.imaging;

/**
 * The part of an edge that a centre crop leaves, timm's {@code crop_pct}: the size before the crop
 * is the crop divided by it, truncated.
 *
 * @param value above 0; above 1 where the crop is the larger one
 */
record CropShare(double value) {

    private static final int FINEST = 1_000;

    /**
     * The share from which two sizes came: the decimal of fewest digits that explains them, since
     * these are rounded and shares are written down. 224 of 248 is 0.9 and not 0.9032, so that 384
     * belong to 426 as in timm.
     */
    static CropShare of(int crop, int size) {
        for (int scale = 1; scale <= FINEST && crop <= size; scale *= 10) {
            // crop / share truncates to size for shares above crop / (size + 1), up to crop / size.
            long candidate = (long) crop * scale / size;
            CropShare share = new CropShare((double) candidate / scale);
            if (candidate > 0 && share.before(crop) == size) {
                return share;
            }
        }
        return new CropShare((double) crop / size);
    }

    /** The size before a crop. */
    int before(int crop) {
        return (int) Math.floor(crop / value);
    }
}
