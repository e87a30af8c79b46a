/** Reads and writes graphs as ONNX files: the only package that knows protobuf. */
package dev.vitrail.converter.onnx;
