package dev.vitrail.zoo.weights;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import dev.vitrail.zoo.block.ParameterNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;

/**
 * Tensors by name, wherever they come from, read as 32-bit floats.
 *
 * <p>{@link #copyTo} and {@link #copyFiniteTo} give a tensor piece by piece and need memory for no
 * more than a piece (a Fortran-ordered array of an npz file needs its own size): with {@link
 * SafetensorsWriter#write(Path, java.util.List, Map)}, weights of any size get from file to file.
 * {@link #floats} gives a tensor whole, and shares the file's pages where it can.
 */
public interface Weights extends AutoCloseable {

    /**
     * The file that messages name.
     *
     * @return its path
     */
    Path origin();

    /**
     * The shapes of all tensors, by name.
     *
     * @return an unmodifiable map
     */
    Map<String, Shape> shapes();

    /**
     * The values of a tensor, widened to 32-bit floats where the file has another type.
     *
     * @param name of the tensor
     * @return a direct buffer in native byte order, from its position to its limit; it may look
     *     into the mapped file and must not be written to
     * @throws WeightsException if its type cannot be read as floats, or they have more than 2 GB
     */
    default ByteBuffer floats(String name) {
        return Gathering.floats(this, name);
    }

    /**
     * The values of a tensor, piece by piece, widened to 32-bit floats where the file has another
     * type: for tensors of any size, and without memory for more than a piece.
     *
     * @param name of the tensor
     * @param sink takes the values in row-major order
     * @throws WeightsException if its type cannot be read as floats or the file cannot be read
     * @throws IOException if the sink throws it
     */
    void copyTo(String name, FloatSink sink) throws IOException;

    /**
     * The values of a tensor as {@link #copyTo} gives them, if all are finite.
     *
     * @param name of the tensor
     * @param sink takes the values in row-major order
     * @throws WeightsException as {@link #copyTo} does, or naming the tensor and the index of the
     *     first value that is NaN or infinite
     * @throws IOException if the sink throws it
     */
    default void copyFiniteTo(String name, FloatSink sink) throws IOException {
        copyTo(name, new FiniteSink(this, name, sink));
    }

    /**
     * Some of the values of a tensor, if all are finite. Slices that are asked for one by one, as
     * of a file that keeps all encoder blocks in one tensor, cost no more than their own bytes
     * where the file allows it.
     *
     * @param name of the tensor
     * @param begin index of the first value, in row-major order
     * @param end index after the last
     * @param sink takes the values in row-major order
     * @throws WeightsException as {@link #copyFiniteTo(String, FloatSink)} does, for values outside
     *     the range too
     * @throws IOException if the sink throws it
     */
    default void copyFiniteTo(String name, long begin, long end, FloatSink sink)
            throws IOException {
        copyFiniteTo(name, new RangeSink(begin, end, sink));
    }

    /**
     * What a tensor's values are stored as.
     *
     * @param name of the tensor
     * @return the type in the file
     */
    ElementType type(String name);

    /** Ends the use of this object; buffers and arrays that came from it stay valid. */
    @Override
    void close();

    /**
     * Initialises a block with these weights instead of random ones. The arrays own their memory
     * and can be trained.
     *
     * @param block not in use by a trainer yet; what it held is closed
     * @param manager owner of the arrays
     * @param inputShapes the block's input
     * @throws WeightsException naming every tensor that is missing, left over, of another shape or
     *     not finite; the block is then without weights
     */
    default void loadInto(Block block, NDManager manager, Shape... inputShapes) {
        new Filling(this, Filling.Memory.OWNED).fill(block, manager, inputShapes);
    }

    /**
     * Initialises a block with arrays that look into the mapped file where its type and alignment
     * allow: nothing is copied and the pages are the system's to drop. Such a block can be run and
     * exported, not trained: its parameters are frozen, because writing to them ends the JVM.
     *
     * @param block not in use by a trainer; what it held is closed
     * @param manager owner of the arrays
     * @param inputShapes the block's input
     * @throws WeightsException as {@link #loadInto} does
     */
    default void mapInto(Block block, NDManager manager, Shape... inputShapes) {
        new Filling(this, Filling.Memory.MAPPED).fill(block, manager, inputShapes);
    }

    /**
     * Checks names and shapes against a block without giving it anything, for who reads the tensors
     * one by one. Values are not looked at.
     *
     * @param block with parameters that have shapes, if no memory
     * @throws WeightsException naming every tensor that is missing, left over or of another shape
     */
    default void requireFit(Block block) {
        Map<String, Parameter> parameters = ParameterNames.of(block).parameters();
        Fit fit = new Fit(this);
        fit.checkNames(parameters.keySet());
        parameters.forEach(
                (name, parameter) -> fit.hasShape(name, parameter.getArray().getShape()));
        if (!fit.holds()) {
            throw fit.refused();
        }
    }
}
