package dev.vitrail.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.GraphText;
import dev.vitrail.converter.graph.Initializer;
import dev.vitrail.converter.graph.Node;
import dev.vitrail.converter.graph.Value;
import dev.vitrail.converter.onnx.OnnxModel;
import dev.vitrail.converter.onnx.OnnxReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vitrail inspect}: what is in an ONNX file. */
@Command(
        name = "inspect",
        header = "Show what is in an ONNX file.",
        description =
                "%nInputs and outputs, opset, operators, size of the weights, and the metadata."
                        + " Works with any ONNX file; the weights are not read.%n",
        mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
    private static final int LONGEST_VALUE = 72;

    @Parameters(paramLabel = "FILE.onnx", description = "The file.")
    private Path file;

    @Option(names = "--nodes", description = "Print the whole graph as text.")
    private boolean nodes;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final Console console;

    InspectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Arguments.existingFile("FILE.onnx", file);
        OnnxModel model = OnnxReader.read(file);
        if (json) {
            console.json(object(model));
        } else if (nodes) {
            GraphText.print(model.graph()).lines().forEach(console::print);
        } else {
            print(model);
        }
        return ExitCode.DONE.code();
    }

    private void print(OnnxModel model) {
        Graph graph = model.graph();
        line(
                "producer",
                model.metadata().producerName() + " " + model.metadata().producerVersion());
        line("graph", graph.name());
        line("opset", graph.opset() + " (IR version " + model.irVersion() + ")");
        graph.inputs().forEach(value -> line("input", text(value)));
        graph.outputs().forEach(value -> line("output", text(value)));
        line(
                "weights",
                String.format(
                        Locale.ROOT,
                        "%.1f MB in %d initializers",
                        graph.weightBytes() / 1e6,
                        graph.initializers().size()));
        line(
                "nodes",
                graph.nodes().size()
                        + ": "
                        + operators(graph).entrySet().stream()
                                .map(entry -> entry.getValue() + " " + entry.getKey())
                                .collect(Collectors.joining(", ")));
        model.metadata().properties().forEach((key, value) -> line(key, shortened(value)));
    }

    private Map<String, Object> object(OnnxModel model) {
        Graph graph = model.graph();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("file", file.toString());
        object.put("producer_name", model.metadata().producerName());
        object.put("producer_version", model.metadata().producerVersion());
        object.put("graph", graph.name());
        object.put("ir_version", model.irVersion());
        object.put("opset", graph.opset());
        object.put("inputs", values(graph.inputs()));
        object.put("outputs", values(graph.outputs()));
        object.put("weight_bytes", graph.weightBytes());
        object.put("initializers", graph.initializers().stream().map(Initializer::name).toList());
        object.put("nodes", graph.nodes().size());
        object.put("operators", operators(graph));
        Map<String, Object> metadata = new LinkedHashMap<>();
        model.metadata().properties().forEach((key, value) -> metadata.put(key, parsed(value)));
        object.put("metadata", metadata);
        return object;
    }

    private static List<Map<String, Object>> values(List<Value> values) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (Value value : values) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", value.name());
            entry.put("type", value.type().elementType().name().toLowerCase(Locale.ROOT));
            entry.put("shape", value.type().dims().stream().map(dim -> dim.text()).toList());
            list.add(entry);
        }
        return list;
    }

    /** Metadata that is JSON is shown as what it says, not as a string. */
    private static Object parsed(String value) {
        if (!value.startsWith("{") && !value.startsWith("[")) {
            return value;
        }
        try {
            JsonNode node = new ObjectMapper().readTree(value);
            return node == null ? value : node;
        } catch (JsonProcessingException e) {
            return value;
        }
    }

    private static Map<String, Long> operators(Graph graph) {
        return graph.nodes().stream()
                .collect(
                        Collectors.groupingBy(Node::operator, TreeMap::new, Collectors.counting()));
    }

    private static String text(Value value) {
        return value.name() + " " + value.type().text();
    }

    private static String shortened(String value) {
        String line = value.replaceAll("\\s+", " ");
        return line.length() <= LONGEST_VALUE
                ? line
                : line.substring(0, LONGEST_VALUE)
                        + "... ("
                        + value.length()
                        + " characters, see --json)";
    }

    private void line(String name, String value) {
        console.print(String.format(Locale.ROOT, "%-22s %s", name, value));
    }
}
