package dev.vitrail.runtime;

import java.util.List;
import java.util.Locale;

/** The session, not Java, had too little memory for a batch: with a smaller one it may go on. */
final class OutOfSessionMemory extends RuntimeFailure {
    private static final long serialVersionUID = 1L;

    /** What ONNX Runtime's arena, CUDA, cuBLAS, cuDNN and the C++ library say, in lower case. */
    private static final List<String> SIGNS =
            List.of(
                    "out of memory",
                    "failed to allocate memory",
                    "is smaller than requested bytes",
                    "alloc_failed",
                    "bad_alloc",
                    "bad allocation");

    OutOfSessionMemory(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether ONNX Runtime's message says that memory was short; it has no code of its own. */
    static boolean isMeantBy(String message) {
        String lower = message.toLowerCase(Locale.ROOT);
        return SIGNS.stream().anyMatch(lower::contains);
    }
}
