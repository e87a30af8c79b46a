package dev.vitrail.converter.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.internal.NDArrayEx;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The names of DJL's array methods that can be exported, for messages; read off the code itself.
 */
final class SupportedOperations {
    /** Written in the recording classes only to refuse them, or because they do nothing. */
    static final Set<String> NO_OPERATIONS =
            Set.of(
                    "toByteBuffer",
                    "toStringArray",
                    "contentEquals",
                    "intern",
                    "set",
                    "setScalar",
                    "attach",
                    "tempAttach",
                    "returnResource",
                    "detach",
                    "close",
                    "equals",
                    "hashCode",
                    "toString",
                    "toDebugString",
                    "getNDArrayInternal",
                    "getDevice",
                    "getSparseFormat",
                    "setRequiresGradient",
                    "getArray",
                    "getIndexer");

    static final SortedSet<String> NAMES = names();

    private SupportedOperations() {}

    private static SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>();
        add(names, SymbolicArray.class, NDArray.class);
        add(names, SymbolicOps.class, NDArrayEx.class);
        names.removeAll(NO_OPERATIONS);
        names.removeAll(SymbolicOps.REFUSED);
        return names;
    }

    private static void add(Set<String> names, Class<?> recorder, Class<?> djl) {
        Set<String> known = new TreeSet<>();
        Arrays.stream(djl.getMethods()).map(Method::getName).forEach(known::add);
        Arrays.stream(recorder.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .map(Method::getName)
                .filter(known::contains)
                .forEach(names::add);
    }
}
