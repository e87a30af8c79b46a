package dev.vitrail.converter.onnx;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A model that stands on the disk, whole.
 *
 * @param file the ONNX file
 * @param dataFile the file with the weights, if they are outside
 * @param fileBytes size of the ONNX file
 * @param dataBytes size of the data file, 0 if there is none
 * @param weightsSha256 SHA-256 of the weights in hexadecimal, as {@link OnnxWriter} defines it
 */
public record WrittenModel(
        Path file, Optional<Path> dataFile, long fileBytes, long dataBytes, String weightsSha256) {}
