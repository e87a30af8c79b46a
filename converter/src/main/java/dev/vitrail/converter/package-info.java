/** Exports any DJL network to ONNX by tracing its forward pass. */
package dev.vitrail.converter;
