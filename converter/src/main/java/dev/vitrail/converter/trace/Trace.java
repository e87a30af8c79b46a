package dev.vitrail.converter.trace;

import java.util.List;

/**
 * What a network's forward pass did: the calls it made, in order, in DJL's words.
 *
 * @param inputs the arrays it was given
 * @param weights the parameters it used, in the order of their first use
 * @param calls the operations, each after those whose results it reads
 * @param outputs the arrays it returned
 */
public record Trace(
        List<Named> inputs, List<Named> weights, List<Call> calls, List<Operand> outputs) {

    /**
     * Copies the lists.
     *
     * @param inputs the arrays it was given
     * @param weights the parameters it used, in the order of their first use
     * @param calls the operations, each after those whose results it reads
     * @param outputs the arrays it returned
     */
    public Trace {
        inputs = List.copyOf(inputs);
        weights = List.copyOf(weights);
        calls = List.copyOf(calls);
        outputs = List.copyOf(outputs);
    }

    /**
     * An array that comes from outside: an input or a parameter.
     *
     * @param name its name in the ONNX file
     * @param type its type
     */
    public record Named(String name, ArrayType type) {}

    /**
     * Returns the type of an operand.
     *
     * @param operand an operand of one of the calls, or an output
     * @return its type
     */
    public ArrayType type(Operand operand) {
        if (operand instanceof Operand.Input input) {
            return inputs.get(input.index()).type();
        } else if (operand instanceof Operand.Weight weight) {
            return weights.get(weight.index()).type();
        } else if (operand instanceof Operand.Result result) {
            return calls.get(result.call()).results().get(result.output());
        }
        throw new IllegalArgumentException("an absent operand has no type");
    }

    /**
     * Returns how many numbers the parameters hold together.
     *
     * @return the parameter count
     */
    public long parameterCount() {
        return weights.stream()
                .mapToLong(
                        weight -> {
                            long count = 1;
                            for (long size : weight.type().fixedShape()) {
                                count = Math.multiplyExact(count, size);
                            }
                            return count;
                        })
                .sum();
    }
}
