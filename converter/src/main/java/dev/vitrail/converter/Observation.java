package dev.vitrail.converter;

import dev.vitrail.converter.error.ExportException;
import dev.vitrail.converter.trace.Call;
import dev.vitrail.converter.trace.Operand;
import dev.vitrail.converter.trace.Trace;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Arrays inside the network that the file hands out beside the network's own outputs.
 *
 * @param operation the operation whose arrays they are, in DJL's words, such as {@code softmax}
 * @param side which of its arrays
 * @param naming from the path of the block that calls it to the name of the output; empty for a
 *     block that is not meant
 */
record Observation(String operation, Side side, Function<String, Optional<String>> naming) {

    /** An array of a call. */
    enum Side {
        /** The first that it reads. */
        INPUT {
            @Override
            Operand of(Trace trace, int call) {
                return trace.calls().get(call).operands().get(0);
            }
        },
        /** The first that it gives. */
        RESULT {
            @Override
            Operand of(Trace trace, int call) {
                return new Operand.Result(call, 0);
            }
        };

        abstract Operand of(Trace trace, int call);
    }

    /** What is observed in a trace, by the name of the output, in the order of the calls. */
    Map<String, Operand> in(Trace trace) {
        Map<String, Operand> found = new LinkedHashMap<>();
        for (int i = 0; i < trace.calls().size(); i++) {
            Call call = trace.calls().get(i);
            Optional<String> name =
                    call.operation().equals(operation)
                            ? naming.apply(call.block())
                            : Optional.empty();
            if (name.isPresent() && found.put(name.get(), side.of(trace, i)) != null) {
                throw call.problem(
                        "is observed as "
                                + name.get()
                                + ", and so is an earlier one; each needs a name of its own");
            }
        }
        if (found.isEmpty()) {
            throw new ExportException(
                    "nothing to observe: no block that was asked for calls \"" + operation + "\"");
        }
        return found;
    }
}
