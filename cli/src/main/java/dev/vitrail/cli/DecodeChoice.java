package dev.vitrail.cli;

import dev.vitrail.imaging.DecodeOptions;
import dev.vitrail.imaging.Preprocessing;
import picocli.CommandLine.Option;

/** Whether speed of decoding counts more than the very pixels of training. */
final class DecodeChoice {
    @Option(
            names = "--fast-decode",
            description =
                    "Decode JPEGs at a quarter or an eighth of their size where the resize needs no"
                            + " more: faster for large photos, but the pixels are not quite those"
                            + " of training.")
    private boolean fast;

    boolean isFast() {
        return fast;
    }

    DecodeOptions options(Preprocessing preprocessing) {
        return fast ? preprocessing.fastDecodeOptions() : preprocessing.decodeOptions();
    }
}
