package dev.vitrail.converter.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.vitrail.converter.error.ExportException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.TreeMap;

/**
 * Reads ONNX files, ours and others', without reading their weights: the file is mapped and tensors
 * refer to it.
 *
 * <p>What this library has no words for is refused by name: sub-graphs, functions, sparse tensors,
 * strings and types smaller than a byte.
 */
public final class OnnxReader {
    private OnnxReader() {}

    /**
     * Reads a file.
     *
     * @param file the ONNX file; must stay as it is while the graph's weights are used
     * @return graph and metadata
     * @throws ExportException if it cannot be read, is no ONNX model, holds what is not supported,
     *     or points to data outside its folder
     */
    public static OnnxModel read(Path file) {
        ModelProto model = parse(file);
        if (!model.hasGraph() || model.getOpsetImportCount() == 0) {
            throw new ExportException(file + ": is no ONNX model (it states no graph or no opset)");
        }
        if (model.getFunctionsCount() > 0) {
            throw new ExportException(
                    file
                            + ": defines the function "
                            + model.getFunctions(0).getName()
                            + "; models with functions of their own are not supported");
        }
        TreeMap<String, Integer> opsets = new TreeMap<>();
        for (OperatorSetIdProto opset : model.getOpsetImportList()) {
            String domain = opset.getDomain().equals("ai.onnx") ? "" : opset.getDomain();
            opsets.put(domain, Math.toIntExact(Math.min(opset.getVersion(), Integer.MAX_VALUE)));
        }
        if (!opsets.containsKey("")) {
            throw new ExportException(file + ": states no opset of ONNX's own operators");
        }
        TreeMap<String, String> properties = new TreeMap<>();
        for (StringStringEntryProto property : model.getMetadataPropsList()) {
            if (properties.put(property.getKey(), property.getValue()) != null) {
                throw new ExportException(
                        file + ": states the metadata " + property.getKey() + " twice");
            }
        }
        OnnxMetadata metadata =
                new OnnxMetadata(
                        model.getProducerName(),
                        model.getProducerVersion(),
                        model.getDocString(),
                        properties);
        return new OnnxModel(
                new GraphReader(file, model.getGraph()).graph(opsets),
                metadata,
                model.getIrVersion());
    }

    private static ModelProto parse(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ExportException(
                    file + (Files.exists(file) ? ": is no file" : ": does not exist"));
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() == 0 || channel.size() > ModelLayout.MESSAGE_LIMIT) {
                throw new ExportException(
                        String.format(
                                Locale.ROOT,
                                "%s: has %,d bytes; an ONNX file has 1 to %,d",
                                file,
                                channel.size(),
                                ModelLayout.MESSAGE_LIMIT));
            }
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            // Only an input over an immutable byte string aliases: tensors refer to the map.
            CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
            input.enableAliasing(true);
            return ModelProto.parseFrom(input);
        } catch (InvalidProtocolBufferException e) {
            // What protobuf says of it is about its own messages and fields.
            throw new ExportException(
                    file + ": is no ONNX model, or not a whole one; copy or export it again", e);
        } catch (IOException e) {
            throw new ExportException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
