package dev.vitrail.zoo.data;

import dev.vitrail.imaging.ImageException;
import java.nio.file.Path;

/**
 * A picture that was left out because it cannot be decoded.
 *
 * @param path its file
 * @param cause why; its message names the file
 */
public record UnreadableImage(Path path, ImageException cause) {}
