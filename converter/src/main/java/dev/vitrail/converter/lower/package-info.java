/** Turns recorded DJL calls into ONNX nodes: one table. */
package dev.vitrail.converter.lower;
