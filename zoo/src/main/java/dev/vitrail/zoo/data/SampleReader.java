package dev.vitrail.zoo.data;

import dev.vitrail.imaging.ImageException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/** Turns a file into what the network is fed. Called from many threads. */
@FunctionalInterface
public interface SampleReader {

    /**
     * Reads one sample.
     *
     * @param file the picture
     * @param random the sample's own generator, for augmentation
     * @param target takes {@code [3, height, width]} at its position, which moves past it
     * @throws ImageException if the file cannot be decoded; nothing was written then
     */
    void read(Path file, RandomGenerator random, FloatBuffer target) throws ImageException;
}
