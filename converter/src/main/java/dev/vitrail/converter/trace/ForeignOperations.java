package dev.vitrail.converter.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The array operations that no recording class has. DJL's adapter hands each of them to an array of
 * another manager; that array is one here which knows every method by its name, and records those
 * that the caller registered.
 */
final class ForeignOperations {
    private final Map<String, ResultTypes> registered;

    ForeignOperations(Map<String, ResultTypes> registered) {
        this.registered = Map.copyOf(registered);
    }

    /** The manager that DJL's adapter asks for its other array. */
    NDManager manager() {
        return (NDManager)
                proxy(
                        NDManager.class,
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("from")) {
                                return other((SymbolicArray) arguments[0]);
                            }
                            throw new UnsupportedOperationException(method.getName());
                        });
    }

    private NDArray other(SymbolicArray array) {
        return (NDArray)
                proxy(
                        NDArray.class,
                        (proxy, method, arguments) -> {
                            array.forgetOther();
                            return call(array, method, arguments == null ? none() : arguments);
                        });
    }

    private static Object[] none() {
        return new Object[0];
    }

    private static Object proxy(Class<?> type, InvocationHandler handler) {
        return Proxy.newProxyInstance(
                ForeignOperations.class.getClassLoader(), new Class<?>[] {type}, handler);
    }

    private Object call(SymbolicArray array, Method method, Object[] given) {
        List<SymbolicArray> arrays = record(array, method.getName(), given);
        if (method.getReturnType() == NDList.class) {
            return new NDList(arrays.toArray(NDArray[]::new));
        } else if (arrays.size() == 1 && method.getReturnType().isInstance(arrays.get(0))) {
            return arrays.get(0);
        }
        throw Refusal.of(
                array.tape(),
                method.getName(),
                "it is registered with "
                        + arrays.size()
                        + " results, but returns a "
                        + method.getReturnType().getSimpleName());
    }

    /** Records an operation that the caller registered, or refuses it. */
    List<SymbolicArray> record(SymbolicArray array, String operation, Object... given) {
        Tape tape = array.tape();
        ResultTypes types = registered.get(operation);
        if (types == null) {
            throw Refusal.unsupported(tape, operation);
        }
        List<SymbolicArray> operands = new ArrayList<>(List.of(array));
        Map<String, Argument> arguments = new LinkedHashMap<>();
        for (int i = 0; i < given.length; i++) {
            if (given[i] instanceof NDArray operand) {
                operands.add(tape.own(operand, operation));
            } else if (given[i] instanceof NDList list) {
                list.forEach(operand -> operands.add(tape.own(operand, operation)));
            } else if (given[i] != null) {
                arguments.put("argument" + (i + 1), argument(given[i]));
            }
        }
        List<ArrayType> results =
                types.of(operands.stream().map(SymbolicArray::type).toList(), arguments);
        return tape.record(operation, operands, arguments, results);
    }

    private static Argument argument(Object given) {
        if (given instanceof DataType type) {
            return Argument.of(NumberType.of(type));
        }
        return Argument.of(given instanceof List<?> list ? list.toString() : given);
    }
}
