package dev.vitrail.converter.onnx;

import dev.vitrail.converter.graph.Initializer;
import java.nio.channels.WritableByteChannel;

/**
 * A look at the bytes of initializers on their way to the disk, for checks that would otherwise
 * read them a second time.
 */
@FunctionalInterface
public interface WeightCheck {

    /**
     * Begins an initializer; each has its turn once, in the order of the graph.
     *
     * @param initializer the next one
     * @param file takes its bytes
     * @return what is given the bytes instead: it hands all of them on to the file, or throws, and
     *     then nothing is written; or the file itself where there is nothing to check
     */
    WritableByteChannel over(Initializer initializer, WritableByteChannel file);
}
