package dev.vitrail.converter.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.internal.NDArrayEx;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every method of DJL's arrays is recorded or knowingly not, so that an upgrade cannot surprise.
 */
class MethodCoverageTest {
    /** Left to DJL's adapter, which throws; the tracer turns that into a refusal by name. */
    private static final Set<String> REFUSED =
            Set.of(
                    // the shape of the result depends on data
                    "booleanMask",
                    "nonzero",
                    "unique",
                    // numbers of two parts, which ONNX Runtime has no arrays of
                    "complex",
                    "conj",
                    "fft",
                    "fft2",
                    "ifft",
                    "ifft2",
                    "irfft",
                    "real",
                    "rfft",
                    "stft",
                    // no operator computes it, and what could be put together only comes near
                    "erfinv",
                    "gammaln",
                    // no operator, and no fixed number of others: it eliminates row by row
                    "inverse",
                    // sparse arrays and gradients
                    "getGradient",
                    "toSparse");

    /** Say something about an array without touching its values. */
    private static final Set<String> QUESTIONS =
            Set.of(
                    "getDataType",
                    "getManager",
                    "getName",
                    "getShape",
                    "getUid",
                    "hasGradient",
                    "isReleased",
                    "setName");

    @Test
    void everyAbstractMethodOfAnArrayIsRecordedOrRefused() {
        Set<String> written = declaredBy(SymbolicArray.class);
        Set<String> open =
                Arrays.stream(NDArray.class.getMethods())
                        .filter(method -> Modifier.isAbstract(method.getModifiers()))
                        .map(Method::getName)
                        .filter(name -> !written.contains(name))
                        .collect(Collectors.toCollection(TreeSet::new));
        open.removeAll(QUESTIONS);

        assertThat(open).containsExactlyInAnyOrderElementsOf(new TreeSet<>(REFUSED));
    }

    @Test
    void everyAbstractMethodOfTheLayerOperationsIsRecordedOrRefused() {
        Set<String> words =
                Arrays.stream(NDArrayEx.class.getMethods())
                        .filter(method -> Modifier.isAbstract(method.getModifiers()))
                        .map(Method::getName)
                        .collect(Collectors.toCollection(TreeSet::new));
        words.removeAll(SupportedOperations.NAMES);
        words.removeAll(SupportedOperations.NO_OPERATIONS);

        assertThat(words).containsExactlyInAnyOrderElementsOf(SymbolicOps.REFUSED);
    }

    private static Set<String> declaredBy(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .map(Method::getName)
                .collect(Collectors.toSet());
    }
}
