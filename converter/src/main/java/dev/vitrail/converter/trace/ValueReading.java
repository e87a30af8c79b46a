package dev.vitrail.converter.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.vitrail.converter.error.ExportException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Somebody wants the numbers of an array that has none. Either the forward pass reads a value in
 * Java, or an engine's array met a recording one and its engine tries to copy it: the calls that
 * led here tell which.
 */
final class ValueReading {
    private ValueReading() {}

    static ExportException refuse(Tape tape, SymbolicArray array) {
        List<StackWalker.StackFrame> frames =
                StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                        .walk(all -> all.skip(1).limit(24).collect(Collectors.toList()));
        String reader = "toByteBuffer";
        for (int i = 0; i < frames.size(); i++) {
            StackWalker.StackFrame frame = frames.get(i);
            Class<?> type = frame.getDeclaringClass();
            if (NDManager.class.isAssignableFrom(type) && frame.getMethodName().equals("from")) {
                String operation = i + 1 < frames.size() ? frames.get(i + 1).getMethodName() : "";
                return Refusal.looseArray(tape, operation, array.getShape());
            }
            if (!type.getName().startsWith("ai.djl.ndarray.") && type != SymbolicArray.class) {
                break;
            }
            if (NDArray.class.isAssignableFrom(type) && !frame.getMethodName().contains("$")) {
                reader = frame.getMethodName();
            }
        }
        return Refusal.valueRead(tape, reader);
    }
}
