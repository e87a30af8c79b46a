/** Parameters by name: safetensors, read and written by memory mapping. */
package dev.vitrail.zoo.weights;
