package dev.vitrail.runtime;

import dev.vitrail.imaging.ImageErrorCode;
import java.util.Locale;

/** Why an image has no prediction: the {@code error.code} of a result row. */
public enum FailureCode {
    /** The content is damaged, cut or empty. */
    CORRUPT_IMAGE,
    /** The content is no image, or of a kind that is not read. */
    UNSUPPORTED_FORMAT,
    /** The image has more pixels or bytes than may be taken. */
    TOO_LARGE,
    /** The file is missing, may not be read, is no regular file, or is a folder that is closed. */
    UNREADABLE,
    /** Decoding took longer than the time limit. */
    TIMEOUT,
    /** The model answered with NaN or infinity. */
    NOT_FINITE;

    /**
     * The name of this code in result rows.
     *
     * @return the name in lower case: {@code corrupt_image}
     */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    static FailureCode of(ImageErrorCode code) {
        return switch (code) {
            case CORRUPT_IMAGE -> CORRUPT_IMAGE;
            case UNSUPPORTED_FORMAT -> UNSUPPORTED_FORMAT;
            case TOO_LARGE -> TOO_LARGE;
            case UNREADABLE -> UNREADABLE;
        };
    }
}
