/** Classifies images with ONNX Runtime, one at a time or by the folder. */
package dev.vitrail.runtime;
