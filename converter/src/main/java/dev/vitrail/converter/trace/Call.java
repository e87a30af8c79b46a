package dev.vitrail.converter.trace;

import dev.vitrail.converter.error.ExportException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One recorded operation, in DJL's words.
 *
 * @param operation the word, mostly the name of the method that DJL's blocks call ({@code linear},
 *     {@code layerNorm}, {@code matMul})
 * @param operands the arrays it reads
 * @param arguments everything else it was given, by name
 * @param results what it gives
 * @param block path of the block that made the call, {@code blocks.0.attn.qkv}; empty for the
 *     network itself
 */
public record Call(
        String operation,
        List<Operand> operands,
        Map<String, Argument> arguments,
        List<ArrayType> results,
        String block) {

    /**
     * Copies the collections; the order of the arguments is kept.
     *
     * @param operation the word, mostly the name of the method that DJL's blocks call ({@code
     *     linear}, {@code layerNorm}, {@code matMul})
     * @param operands the arrays it reads
     * @param arguments everything else it was given, by name
     * @param results what it gives
     * @param block path of the block that made the call, {@code blocks.0.attn.qkv}; empty for the
     *     network itself
     */
    public Call {
        operands = List.copyOf(operands);
        arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
        results = List.copyOf(results);
    }

    /**
     * Returns the type of the only or first result.
     *
     * @return the type
     */
    public ArrayType result() {
        return results.get(0);
    }

    /**
     * Returns whether an argument was given.
     *
     * @param name name of the argument
     * @return whether it is there
     */
    public boolean has(String name) {
        return arguments.containsKey(name);
    }

    /**
     * Returns an integer argument.
     *
     * @param name name of the argument
     * @return its value, which may depend on a symbolic axis
     */
    public Extent extent(String name) {
        return get(Argument.Whole.class, name).value();
    }

    /**
     * Returns an integer argument that no symbolic axis may change.
     *
     * @param name name of the argument
     * @return its value
     * @throws ExportException if it depends on a symbolic axis
     */
    public long integer(String name) {
        return fixed(name, extent(name));
    }

    /**
     * Returns a list of integers.
     *
     * @param name name of the argument
     * @return its values, which may depend on symbolic axes
     */
    public List<Extent> extents(String name) {
        return get(Argument.Wholes.class, name).values();
    }

    /**
     * Returns a list of integers that no symbolic axis may change.
     *
     * @param name name of the argument
     * @return its values
     * @throws ExportException if one depends on a symbolic axis
     */
    public long[] integers(String name) {
        return extents(name).stream().mapToLong(extent -> fixed(name, extent)).toArray();
    }

    /**
     * Returns a number.
     *
     * @param name name of the argument
     * @return its value
     */
    public double real(String name) {
        return get(Argument.Real.class, name).value();
    }

    /**
     * Returns a yes or no.
     *
     * @param name name of the argument
     * @return its value
     */
    public boolean flag(String name) {
        return get(Argument.Flag.class, name).value();
    }

    /**
     * Returns a word.
     *
     * @param name name of the argument
     * @return its value
     */
    public String word(String name) {
        return get(Argument.Word.class, name).value();
    }

    /**
     * Returns the value of an argument of a given kind.
     *
     * @param <A> kind of argument
     * @param kind kind of argument
     * @param name name of the argument
     * @return the argument
     */
    public <A extends Argument> A get(Class<A> kind, String name) {
        return Optional.ofNullable(arguments.get(name))
                .filter(kind::isInstance)
                .map(kind::cast)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        operation
                                                + " has no "
                                                + kind.getSimpleName()
                                                + " "
                                                + name));
    }

    /**
     * Returns an exception that says what is wrong with this call.
     *
     * @param problem what is wrong and what would be right
     * @return the exception to throw
     */
    public ExportException problem(String problem) {
        return new ExportException(
                (block.isEmpty() ? "the network" : "block " + block)
                        + ": cannot export \""
                        + operation
                        + "\": "
                        + problem);
    }

    /**
     * Returns a size that must be known before the network runs.
     *
     * @param name what it is the size of, for the message
     * @param extent the size
     * @return the size as a number
     * @throws ExportException if it depends on a symbolic axis
     */
    public long fixed(String name, Extent extent) {
        if (!extent.isFixed()) {
            throw problem(
                    name
                            + " is "
                            + extent
                            + ", which is not known before the network runs; compute it without"
                            + " the size of a symbolic axis, or make that axis fixed");
        }
        return extent.fixed();
    }

    @Override
    public String toString() {
        return results
                + " = "
                + operation
                + operands
                + arguments.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining(", ", "(", ")"))
                + (block.isEmpty() ? "" : " in " + block);
    }
}
