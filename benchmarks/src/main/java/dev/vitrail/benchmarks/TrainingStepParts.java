package dev.vitrail.benchmarks;

import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.zoo.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a step of a training is made of: PyTorch's own profile of some steps, by operator. {@code
 * benchmarks/training-step parts} runs it.
 */
public final class TrainingStepParts {

    /** What operators are called together; the first that a name begins with. */
    private static final List<Map.Entry<String, List<String>>> PARTS =
            List.of(
                    part(
                            "matrix products of linear layers",
                            "aten::addmm",
                            "aten::mm",
                            "aten::linear",
                            "aten::matmul",
                            "aten::convolution",
                            "aten::mkldnn",
                            "aten::_convolution",
                            "aten::thnn_conv"),
                    part(
                            "attention",
                            "aten::_scaled_dot_product",
                            "aten::scaled_dot_product",
                            "aten::bmm",
                            "aten::softmax",
                            "aten::_softmax"),
                    part("layer norms", "aten::native_layer_norm", "aten::layer_norm"),
                    part("GELU", "aten::gelu"),
                    part("copies", "aten::copy_", "aten::clone", "aten::cat"),
                    part("sums of biases' gradients", "aten::sum"));

    private TrainingStepParts() {}

    private static Map.Entry<String, List<String>> part(String name, String... operators) {
        return Map.entry(name, List.of(operators));
    }

    /**
     * Prints milliseconds a step and their share, by part and by operator, in their own code
     * without that of operators that they call.
     *
     * @param arguments a config, the batch size, how many steps are looked at, and a folder for
     *     pictures, run and profile
     */
    public static void main(String[] arguments) throws IOException {
        int steps = Integer.parseInt(arguments[2]);
        Path folder = Path.of(arguments[3]);
        Path trace = folder.resolve("profile.json");
        Profiler profiler = new Profiler(steps, trace);
        TrainingStepBenchmark.train(
                Path.of(arguments[0]),
                Integer.parseInt(arguments[1]),
                TrainingStepBenchmark.WARM_UP + steps,
                folder,
                profiler);
        Map<String, Double> own = ownSeconds(new ObjectMapper().readTree(trace.toFile()));
        double step = profiler.seconds / steps;
        Map<String, Double> parts = new HashMap<>();
        own.forEach((name, seconds) -> parts.merge(partOf(name), seconds, Double::sum));
        double inside = own.values().stream().mapToDouble(seconds -> seconds).sum();
        parts.put("outside of operators", profiler.seconds - inside);
        System.out.printf(Locale.ROOT, "%.1f ms a step, of which%n", 1e3 * step);
        print(parts, steps, profiler.seconds);
        System.out.println("by operator");
        print(own, steps, profiler.seconds);
    }

    private static String partOf(String operator) {
        return PARTS.stream()
                .filter(part -> part.getValue().stream().anyMatch(operator::startsWith))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("others");
    }

    private static void print(Map<String, Double> seconds, int steps, double whole) {
        seconds.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(16)
                .forEach(
                        entry ->
                                System.out.printf(
                                        Locale.ROOT,
                                        "  %8.1f ms  %5.1f %%  %s%n",
                                        1e3 * entry.getValue() / steps,
                                        100 * entry.getValue() / whole,
                                        entry.getKey()));
    }

    /** An operator that was running. */
    private record Call(String name, double start, double end) {}

    /** Of a trace in Chrome's format, where calls of one thread lie within each other. */
    private static Map<String, Double> ownSeconds(JsonNode trace) {
        Map<String, List<Call>> threads = new TreeMap<>();
        for (JsonNode event : trace.has("traceEvents") ? trace.get("traceEvents") : trace) {
            if (event.path("ph").asText().equals("X")) {
                double start = event.get("ts").asDouble();
                Call call =
                        new Call(
                                event.get("name").asText(),
                                start,
                                start + event.get("dur").asDouble());
                threads.computeIfAbsent(event.path("tid").asText(), id -> new ArrayList<>())
                        .add(call);
            }
        }
        Map<String, Double> own = new HashMap<>();
        for (List<Call> calls : threads.values()) {
            calls.sort(
                    Comparator.comparingDouble(Call::start)
                            .thenComparing(Comparator.comparingDouble(Call::end).reversed()));
            Deque<Call> open = new ArrayDeque<>();
            for (Call call : calls) {
                while (!open.isEmpty() && open.peek().end <= call.start) {
                    open.pop();
                }
                double seconds = (call.end - call.start) / 1e6;
                own.merge(call.name, seconds, Double::sum);
                if (!open.isEmpty()) {
                    own.merge(open.peek().name, -seconds, Double::sum);
                }
                open.push(call);
            }
        }
        return own;
    }

    /** Looks at the steps after the first few. */
    private static final class Profiler implements TrainingListener {
        private final int steps;
        private final Path trace;
        private int step;
        private double seconds;

        Profiler(int steps, Path trace) {
            this.steps = steps;
            this.trace = trace;
        }

        @Override
        public void onStep(Progress progress) {
            step++;
            if (step == TrainingStepBenchmark.WARM_UP) {
                JniUtils.startProfile(false, false, false);
                seconds = -System.nanoTime() / 1e9;
            } else if (step == TrainingStepBenchmark.WARM_UP + steps) {
                seconds += System.nanoTime() / 1e9;
                JniUtils.stopProfile(trace.toString());
            }
        }
    }
}
