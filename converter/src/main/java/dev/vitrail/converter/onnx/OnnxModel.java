package dev.vitrail.converter.onnx;

import dev.vitrail.converter.graph.Graph;

/**
 * What an ONNX file holds.
 *
 * @param graph its graph; weights refer to the file, or the file beside it, and stay there
 * @param metadata what it says about itself
 * @param irVersion the version of the file format
 */
public record OnnxModel(Graph graph, OnnxMetadata metadata, long irVersion) {}
