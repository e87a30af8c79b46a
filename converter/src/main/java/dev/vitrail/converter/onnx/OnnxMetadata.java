package dev.vitrail.converter.onnx;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an ONNX file says about itself beside the graph.
 *
 * @param producerName the program that wrote the file
 * @param producerVersion its version
 * @param documentation free text for people; may be empty
 * @param properties the key-value pairs ({@code metadata_props}), sorted by key so that the same
 *     model gives the same bytes
 */
public record OnnxMetadata(
        String producerName,
        String producerVersion,
        String documentation,
        SortedMap<String, String> properties) {

    /**
     * Copies what can change.
     *
     * @param producerName as the component
     * @param producerVersion as the component
     * @param documentation as the component
     * @param properties as the component
     */
    public OnnxMetadata {
        properties = Collections.unmodifiableSortedMap(new TreeMap<>(properties));
    }

    /**
     * Metadata without documentation.
     *
     * @param producerName the program that wrote the file
     * @param producerVersion its version
     * @param properties the key-value pairs
     * @return the metadata
     */
    public static OnnxMetadata of(
            String producerName, String producerVersion, Map<String, String> properties) {
        return new OnnxMetadata(producerName, producerVersion, "", new TreeMap<>(properties));
    }
}
