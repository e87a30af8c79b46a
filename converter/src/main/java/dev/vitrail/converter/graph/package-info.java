/** An immutable ONNX graph: values, nodes, initializers. */
package dev.vitrail.converter.graph;
