package dev.vitrail.converter.trace;

import java.util.List;
import java.util.Map;

/**
 * What an array operation gives that this library does not know. It is asked while the network is
 * traced, when every size is a number.
 */
@FunctionalInterface
public interface ResultTypes {

    /**
     * Returns the types of the results.
     *
     * @param operands the array that the operation was called on, then the arrays among what it was
     *     given
     * @param arguments everything else that it was given, {@code argument1} and so on by its place
     *     among the method's parameters
     * @return one type for each result
     */
    List<ArrayType> of(List<ArrayType> operands, Map<String, Argument> arguments);
}
