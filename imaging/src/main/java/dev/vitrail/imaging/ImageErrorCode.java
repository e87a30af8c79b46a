package dev.vitrail.imaging;

import java.util.Locale;

/**
 * Why an image could not be read: a closed set, because result rows and their readers rely on it.
 */
public enum ImageErrorCode {
    /** The content is of a format read here, but damaged, cut or empty. */
    CORRUPT_IMAGE,
    /** The content is no image, or of a kind that is not read here. */
    UNSUPPORTED_FORMAT,
    /** The header announces more pixels, or the file has more bytes, than may be taken. */
    TOO_LARGE,
    /** The file is missing, may not be read, or is no regular file. */
    UNREADABLE;

    /**
     * The name of this code in result rows.
     *
     * @return the name in lower case: {@code corrupt_image}
     */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
