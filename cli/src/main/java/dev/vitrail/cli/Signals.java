package dev.vitrail.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Ctrl-C and SIGTERM as a request to stop, not as the end of the process.
 *
 * <p>A shutdown hook would be too late: ONNX Runtime frees its environment in a hook of its own
 * while threads still run, and calls in flight then fail. The JDK's {@code sun.misc.Signal} is
 * reached by reflection because the compiler cannot be told to accept it.
 */
final class Signals {
    private static final AtomicReference<ExitCode> RECEIVED = new AtomicReference<>();
    private static final AtomicReference<Runnable> ACTION = new AtomicReference<>();

    private Signals() {}

    /**
     * From now on runs an action at the first SIGINT or SIGTERM, in place of the action set before;
     * the second signal ends the process at once. A signal that was received earlier runs it now.
     *
     * @param stop asks the running work to end soon; called on a signal thread
     */
    static void onStop(Runnable stop) {
        if (ACTION.getAndSet(stop) == null) {
            install("INT", ExitCode.INTERRUPTED);
            install("TERM", ExitCode.TERMINATED);
        }
        if (received() != null) {
            stop.run();
        }
    }

    /** The signal received so far as an exit code, or null. */
    static ExitCode received() {
        return RECEIVED.get();
    }

    private static void install(String name, ExitCode code) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler action =
                    (proxy, method, arguments) -> {
                        if (!method.getName().equals("handle")) {
                            return method.invoke(code, arguments);
                        }
                        if (RECEIVED.compareAndSet(null, code)) {
                            ACTION.get().run();
                        } else {
                            Runtime.getRuntime().halt(code.code());
                        }
                        return null;
                    };
            Object proxy =
                    Proxy.newProxyInstance(
                            Signals.class.getClassLoader(), new Class<?>[] {handler}, action);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            // A platform without this signal: the process ends as the JVM ends it.
            return;
        }
    }
}
