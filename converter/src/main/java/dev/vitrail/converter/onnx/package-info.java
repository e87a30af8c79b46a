/**
 * Graphs as ONNX files: the only package that knows protobuf.
 *
 * <h2>What is here</h2>
 *
 * <ul>
 *   <li>{@link dev.vitrail.converter.onnx.OnnxWriter} writes a graph and gives a {@link
 *       dev.vitrail.converter.onnx.PendingModel}: a model that lies whole in a hidden folder beside
 *       its target until it is verified, completed and committed.
 *   <li>{@link dev.vitrail.converter.onnx.OnnxReader} reads a file into an {@link
 *       dev.vitrail.converter.onnx.OnnxModel}, for looking at it and for round trips.
 *   <li>{@link dev.vitrail.converter.onnx.OnnxMetadata}: producer, documentation, key-value pairs.
 *   <li>{@link dev.vitrail.converter.onnx.ExternalDataPolicy}: whether weights go into a file of
 *       their own.
 * </ul>
 *
 * <h2>The bytes</h2>
 *
 * A file is what protobuf would write, field by field in the order of their numbers, but the
 * message around the weights is put together here: protobuf-java holds every weight a second time
 * while it builds a message, its sizes are 32-bit, and above 4 GiB it writes a corrupt file without
 * an error. Here sizes are computed in 64 bits before a byte is written, and weights go from the
 * memory they are in to the disk.
 *
 * <p>All tensors are raw bytes, little-endian. One file holds everything as long as it is one
 * protobuf message (2 GiB less 16 MiB kept for metadata); beyond that, or when asked for, the
 * weights are in one other file, {@code NAME_data}, named like that because Hugging Face's tools
 * expect {@code model.onnx_data} beside {@code model.onnx}. Small tensors and shapes stay in the
 * model: ONNX Runtime does not look outside for constants that shape inference needs. Offsets are
 * multiples of 4 KiB, for tensors of 1 MiB and more of 64 KiB, so that readers can map them on
 * every system.
 *
 * <p>Metadata is the last field of the message, so more of it can be appended to a finished file:
 * that is how the figures of a verification get into the very file that was verified.
 *
 * <p>The hash of the weights is SHA-256 over the stored bytes of every initializer, without
 * padding, in the order of the graph's initializers, wherever they are kept. Making the bytes,
 * hashing and writing them are three threads ({@code ModelFile}), so that an export takes about as
 * long as the hash, which is the slowest and cannot be divided. Checks ({@link
 * dev.vitrail.converter.onnx.WeightCheck}) see the bytes in the same pass. From 1 GiB on a file
 * goes past the page cache ({@code Output}).
 *
 * <h2>All or nothing</h2>
 *
 * The hidden folder is in the target's folder, so that moving out of it is one rename. Weights are
 * moved first, then the model; if that fails both are removed. An earlier model of the same name is
 * replaced by the rename, or, if it had the same data file, removed before its weights are. A crash
 * leaves at most the hidden folder ({@code .NAME.partial-…}), which the next export of that name
 * removes ({@code HiddenFolder}). An earlier data file that the new model does not need is removed
 * with the model it belonged to.
 *
 * <h2>Reading</h2>
 *
 * A file is mapped and tensors refer to the map. Whatever a file says about external data is
 * checked before anything is opened: plain name, regular file, no links of either kind, offset and
 * length inside the file. Chosen against joining paths and checking the result, which has been got
 * around in other readers again and again.
 *
 * <h2>What it may use</h2>
 *
 * {@code graph}, {@code error} and protobuf. Nothing that leaves this package mentions a protobuf
 * type.
 *
 * <h2>Versions</h2>
 *
 * Opsets 17 to 23 are written, each with the oldest IR version that its ONNX release had (8 to 11).
 * A new one is a line in {@code OpsetVersion}, its operators a line in {@code
 * graph.KnownOperators}.
 */
package dev.vitrail.converter.onnx;
