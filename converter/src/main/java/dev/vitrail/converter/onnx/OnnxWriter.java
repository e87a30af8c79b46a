package dev.vitrail.converter.onnx;

import dev.vitrail.converter.error.ExportException;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.Initializer;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Writes a graph as an ONNX file, and its weights inside it or beside it.
 *
 * <p>The weights go from where they are to the disk without a copy on the heap. Nothing appears
 * under its final name before {@link PendingModel#commit}: what is written first lies in a hidden
 * folder beside the target, complete, so that it can be loaded and verified there.
 *
 * <p>Weights outside are one file, called like the model with {@code _data} behind it ({@code
 * vit.onnx_data}), because Hugging Face's tools look for that name. Tensors below 4 KiB, and whole
 * numbers below 64 KiB, stay in the model: ONNX Runtime needs constants such as shapes there. The
 * others start at multiples of 4 KiB, those of 1 MiB and more at multiples of 64 KiB, so that a
 * reader can map them.
 *
 * <p>The hash of the weights is SHA-256 over the bytes of every initializer, as stored
 * (little-endian, without padding), in the order in which the file lists the initializers.
 *
 * <p>The same graph with the same metadata gives the same bytes.
 */
public final class OnnxWriter {
    private OnnxWriter() {}

    /**
     * Writes a model into a hidden folder beside its target.
     *
     * @param graph what to write; its weights are read once
     * @param metadata what the file says about itself; more can be added before it is committed
     * @param target where the model will stand; its folder must exist, a file there is replaced
     * @param policy whether weights go into a file of their own
     * @return the model, to be committed or closed
     * @throws ExportException if the opset is unknown, the folder cannot be written to, the disk is
     *     full, or the policy allows only one file and the model does not fit it; nothing is left
     *     behind
     */
    public static PendingModel write(
            Graph graph, OnnxMetadata metadata, Path target, ExternalDataPolicy policy) {
        return write(graph, metadata, target, policy, (initializer, file) -> file);
    }

    /**
     * Writes a model into a hidden folder beside its target, and has its weights checked in the
     * same pass.
     *
     * @param graph what to write; its weights are read once
     * @param metadata what the file says about itself; more can be added before it is committed
     * @param target where the model will stand; its folder must exist, a file there is replaced
     * @param policy whether weights go into a file of their own
     * @param check sees all weights; what it throws is thrown here, and nothing is left behind
     * @return the model, to be committed or closed
     * @throws ExportException as without a check
     */
    public static PendingModel write(
            Graph graph,
            OnnxMetadata metadata,
            Path target,
            ExternalDataPolicy policy,
            WeightCheck check) {
        Path folder = folderOf(target);
        String name = target.getFileName().toString();
        ModelLayout layout = layout(graph, metadata, target, policy, name + PendingModel.DATA);
        PendingModel pending = PendingModel.create(folder, name);
        try {
            pending.setWeightsSha256(write(layout, check, pending));
            return pending;
        } catch (IOException e) {
            long needed = layout.fileBytes() + dataBytes(layout);
            ExportException failure = cannotWrite(target, needed, e);
            pending.closeAfter(failure);
            throw failure;
        } catch (RuntimeException | Error e) {
            pending.closeAfter(e);
            throw e;
        }
    }

    private static ModelLayout layout(
            Graph graph,
            OnnxMetadata metadata,
            Path target,
            ExternalDataPolicy policy,
            String dataFile) {
        if (policy != ExternalDataPolicy.ALWAYS) {
            ModelLayout inside = new ModelLayout(graph, metadata, null);
            if (inside.fitsOneMessage()) {
                return inside;
            }
            if (policy == ExternalDataPolicy.NEVER) {
                throw new ExportException(
                        String.format(
                                Locale.ROOT,
                                "%s: the model needs %,d bytes and one ONNX file can hold"
                                        + " 2,147,483,647; allow external data (auto or always)",
                                target,
                                inside.fileBytes()));
            }
        }
        ModelLayout outside = new ModelLayout(graph, metadata, dataFile);
        if (!outside.fitsOneMessage()) {
            throw new ExportException(
                    String.format(
                            Locale.ROOT,
                            "%s: even without weights the model needs %,d bytes and one ONNX file"
                                    + " can hold 2,147,483,647",
                            target,
                            outside.fileBytes()));
        }
        return outside;
    }

    private static String write(ModelLayout layout, WeightCheck check, PendingModel pending)
            throws IOException {
        MessageDigest digest = sha256();
        boolean outside = layout.tensors().stream().anyMatch(ModelLayout.Tensor::external);
        if (outside) {
            try (ModelFile file = new ModelFile(pending.newDataFile(), dataBytes(layout), digest)) {
                writeData(layout, check, file);
                file.finish();
            }
        }
        try (ModelFile file = new ModelFile(pending.model(), layout.fileBytes(), digest)) {
            WritableByteChannel weights = outside ? file.weightsHashedBefore() : file.weights();
            layout.writeTo(file, outside ? (initializer, f) -> f : check, weights);
            file.finish();
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Weights inside the model are hashed here too, because the hash goes through all in order. */
    private static void writeData(ModelLayout layout, WeightCheck check, ModelFile file)
            throws IOException {
        for (ModelLayout.Tensor tensor : layout.tensors()) {
            if (tensor.external()) {
                file.align(tensor.alignment());
            }
            WritableByteChannel channel =
                    tensor.external() ? file.weights() : file.weightsKeptElsewhere();
            Initializer initializer = tensor.initializer();
            initializer.data().writeTo(check.over(initializer, channel));
        }
    }

    private static Path folderOf(Path target) {
        Path folder = target.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(target)) {
            throw new ExportException(
                    target + ": is a folder; the target must be a file such as model.onnx");
        }
        if (!Files.isDirectory(folder)) {
            throw new ExportException(
                    target + ": the folder " + folder + " does not exist; create it first");
        }
        return folder;
    }

    private static long dataBytes(ModelLayout layout) {
        return layout.tensors().stream()
                .filter(ModelLayout.Tensor::external)
                .mapToLong(tensor -> tensor.initializer().data().byteSize())
                .sum();
    }

    static ExportException cannotWrite(Path target, long needed, IOException cause) {
        String size = needed > 0 ? String.format(Locale.ROOT, "; it needs %,d bytes", needed) : "";
        return new ExportException(target + ": cannot be written: " + reason(cause) + size, cause);
    }

    /** The library's own messages are often nothing but the path. */
    private static String reason(IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return "nothing can be made in its folder";
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        String reason =
                cause instanceof FileSystemException failure && failure.getReason() != null
                        ? failure.getReason()
                        : cause.getMessage();
        // The words of the other modules, none of which this one knows.
        return "No space left on device".equals(reason) ? "no space left on device" : reason;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
