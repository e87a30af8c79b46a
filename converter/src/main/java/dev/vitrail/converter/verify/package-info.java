/** Runs an exported file in ONNX Runtime against the DJL network it came from. */
package dev.vitrail.converter.verify;
