package dev.vitrail.runtime;

import dev.vitrail.imaging.DecodeMemory;
import dev.vitrail.imaging.DecodeOptions;
import dev.vitrail.imaging.ImageException;
import dev.vitrail.imaging.RgbImage;
import java.nio.file.Path;

/** From a file to an image; {@code ImageDecoder::decode}, except in tests of slow and wild ones. */
@FunctionalInterface
interface Decoder {
    RgbImage decode(Path file, DecodeOptions options, DecodeMemory memory) throws ImageException;
}
