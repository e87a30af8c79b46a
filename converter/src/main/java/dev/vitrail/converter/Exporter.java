package dev.vitrail.converter;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import dev.vitrail.converter.error.ExportException;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.graph.Node;
import dev.vitrail.converter.graph.TensorData;
import dev.vitrail.converter.lower.Lowering;
import dev.vitrail.converter.lower.Translation;
import dev.vitrail.converter.onnx.OnnxMetadata;
import dev.vitrail.converter.onnx.OnnxWriter;
import dev.vitrail.converter.onnx.PendingModel;
import dev.vitrail.converter.onnx.WrittenModel;
import dev.vitrail.converter.pass.Passes;
import dev.vitrail.converter.trace.ArrayInput;
import dev.vitrail.converter.trace.Extent;
import dev.vitrail.converter.trace.Operand;
import dev.vitrail.converter.trace.ResultTypes;
import dev.vitrail.converter.trace.SymbolicAxis;
import dev.vitrail.converter.trace.Trace;
import dev.vitrail.converter.trace.Tracer;
import dev.vitrail.converter.verify.Verification;
import dev.vitrail.converter.verify.VerificationReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Exports a DJL network to an ONNX file: the front door of this module.
 *
 * <p>The file appears under its name only when it is whole and computes what the network computes.
 */
public final class Exporter {
    private final Block block;
    private final ExportOptions options;
    private final List<ArrayInput> inputs = new ArrayList<>();
    private final Map<String, SymbolicAxis> axes = new LinkedHashMap<>();
    private final Map<Class<? extends Block>, Function<Block, Translation>> blocks =
            new LinkedHashMap<>();
    private final Map<String, ResultTypes> operations = new LinkedHashMap<>();
    private final Map<String, Translation> translations = new LinkedHashMap<>();
    private final List<Observation> observations = new ArrayList<>();
    private UnaryOperator<String> naming;
    private Function<String, TensorData> weights;

    /**
     * Prepares the export of a network.
     *
     * @param block the network, with its weights; not changed
     * @param options how to export it
     */
    public Exporter(Block block, ExportOptions options) {
        this.block = block;
        this.options = options;
    }

    /**
     * Declares an input of single precision whose first axis is the batch, {@code batch} in the
     * file.
     *
     * @param name its name in the file, such as {@code pixel_values}
     * @param sizes the sizes of the axes after the batch, such as 3, 224, 224
     * @return this exporter
     */
    public Exporter input(String name, long... sizes) {
        return input(ArrayInput.batchOf(name, sizes));
    }

    /**
     * Declares an input. Inputs are handed to the network in the order of their declaration.
     *
     * @param input its name, number type and shape; symbolic axes in the shape are declared with it
     * @return this exporter
     */
    public Exporter input(ArrayInput input) {
        inputs.add(input);
        for (Extent extent : input.type().shape()) {
            extent.axes().forEach(axis -> axes.putIfAbsent(axis, SymbolicAxis.of(axis)));
        }
        return this;
    }

    /**
     * Says more about a symbolic axis: the smallest and the largest size that the network takes.
     *
     * @param axis the axis, which an input must have
     * @return this exporter
     */
    public Exporter axis(SymbolicAxis axis) {
        if (axes.replace(axis.name(), axis) == null) {
            throw new ExportException(
                    "symbolic axis "
                            + axis.name()
                            + ": no input has it; the inputs' axes are "
                            + axes.keySet());
        }
        return this;
    }

    /**
     * Names the parameters.
     *
     * @param parameterNaming from the path that {@code block.getParameters()} gives a parameter to
     *     its name in the file, parts divided by dots; names of nodes follow from it
     * @return this exporter
     */
    public Exporter naming(UnaryOperator<String> parameterNaming) {
        naming = parameterNaming;
        return this;
    }

    /**
     * Names the parameters.
     *
     * @param parameters all parameters of the network by their names in the file
     * @return this exporter
     */
    public Exporter naming(Map<String, Parameter> parameters) {
        Map<Parameter, String> names = new IdentityHashMap<>();
        parameters.forEach((name, parameter) -> names.putIfAbsent(parameter, name));
        Map<String, String> byPath = new LinkedHashMap<>();
        block.getParameters()
                .forEach(pair -> byPath.put(pair.getKey(), names.get(pair.getValue())));
        return naming(byPath::get);
    }

    /**
     * Takes the weights from elsewhere than the block, from a mapped file for one. The block needs
     * shapes only: {@link Tracer#plan} gives it those without memory. Without values in the block
     * there is nothing to verify against, so the options must not ask for it.
     *
     * @param source the numbers of a parameter by its name in the file, little endian
     * @return this exporter
     */
    public Exporter weights(Function<String, TensorData> source) {
        weights = source;
        return this;
    }

    /**
     * Translates every block of a class as a whole, wherever in the network it is. The block is not
     * traced, so it may do what no trace can follow. Its translation is given the block's inputs
     * and then its parameters, in their order; {@code getOutputShapes} must say what comes out, of
     * the first input's number type. No other thread may run the network meanwhile.
     *
     * @param <B> the class
     * @param type the class; blocks of classes below it count too
     * @param translation from a block, whose settings it may read, to its ONNX nodes
     * @return this exporter
     */
    public <B extends Block> Exporter block(Class<B> type, Function<B, Translation> translation) {
        blocks.put(type, block -> translation.apply(type.cast(block)));
        return this;
    }

    /**
     * Translates an array operation that would be refused, wherever in the network it is called.
     *
     * @param name name of the method of DJL's {@code NDArray}, such as {@code erfinv}
     * @param results the number types and shapes of what it gives
     * @param translation to ONNX nodes; its operands are the array that the method is called on and
     *     then the arrays that the method is given
     * @return this exporter
     */
    public Exporter operation(String name, ResultTypes results, Translation translation) {
        operations.put(name, results);
        translations.put(name, translation);
        return this;
    }

    /**
     * Hands out results from inside the network: each becomes an output of the file, after those
     * that the network returns, and what is handed out no pass fuses away. The verification runs
     * such a file and compares what the network returns.
     *
     * @param operation the operation whose results are wanted, as {@link
     *     dev.vitrail.converter.trace.Call#operation()} has it, such as {@code softmax}
     * @param outputName from the path of the block that calls it, such as {@code blocks.0.attn}, to
     *     the name of the output; empty for a block that is not meant
     * @return this exporter
     */
    public Exporter observe(String operation, Function<String, Optional<String>> outputName) {
        observations.add(new Observation(operation, Observation.Side.RESULT, outputName));
        return this;
    }

    /**
     * Hands out what operations inside the network read, as {@link #observe} does what they give.
     *
     * @param operation the operation whose first operand is wanted, such as {@code linear}
     * @param outputName from the path of the block that calls it, such as {@code head}, to the name
     *     of the output; empty for a block that is not meant
     * @return this exporter
     */
    public Exporter observeInput(String operation, Function<String, Optional<String>> outputName) {
        observations.add(new Observation(operation, Observation.Side.INPUT, outputName));
        return this;
    }

    /**
     * Builds the graph without writing it. Weights are referred to and not read, so this works for
     * a planned block of any size.
     *
     * @return the graph
     * @throws ExportException if the network cannot be exported
     */
    public Graph graph() {
        Tracer tracer = tracer();
        return lower(tracer, trace(tracer), weightSource(tracer));
    }

    /**
     * Records the forward pass without turning it into ONNX: parameter counts and golden traces
     * need no more.
     *
     * @return the trace
     * @throws ExportException if the network cannot be exported
     */
    public Trace trace() {
        return trace(tracer());
    }

    private Tracer tracer() {
        Tracer tracer = new Tracer(block, naming);
        blocks.keySet().forEach(tracer::whole);
        operations.forEach(tracer::operation);
        return tracer;
    }

    private Trace trace(Tracer tracer) {
        if (inputs.isEmpty()) {
            throw new ExportException("the network was given no input; declare what it reads");
        }
        return tracer.trace(inputs, List.copyOf(axes.values()));
    }

    private Function<String, TensorData> weightSource(Tracer tracer) {
        if (weights != null) {
            return weights;
        }
        return name ->
                TensorData.ofBuffers(tracer.byteSize(name), () -> List.of(tracer.bytes(name)));
    }

    private Map<String, Translation> translations(Tracer tracer) {
        Map<String, Translation> all = new LinkedHashMap<>(options.translations());
        all.putAll(translations);
        tracer.wholeBlocks().forEach((word, whole) -> all.put(word, translation(whole)));
        return all;
    }

    private Translation translation(Block whole) {
        return blocks.entrySet().stream()
                .filter(entry -> entry.getKey().isInstance(whole))
                .findFirst()
                .orElseThrow()
                .getValue()
                .apply(whole);
    }

    private Graph lower(Tracer tracer, Trace trace, Function<String, TensorData> source) {
        List<String> names = new ArrayList<>(outputNames(trace));
        List<Operand> outputs = new ArrayList<>(trace.outputs());
        for (Observation observation : observations) {
            observation
                    .in(trace)
                    .forEach(
                            (name, result) -> {
                                names.add(name);
                                outputs.add(result);
                            });
        }
        return Passes.standard()
                .apply(
                        Lowering.lower(
                                new Trace(trace.inputs(), trace.weights(), trace.calls(), outputs),
                                options.graphName(),
                                names,
                                options.opset(),
                                source,
                                translations(tracer)));
    }

    private List<String> outputNames(Trace trace) {
        if (!options.outputNames().isEmpty()) {
            return options.outputNames();
        }
        int count = trace.outputs().size();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(count == 1 ? "output" : "output" + i);
        }
        return names;
    }

    /**
     * Exports the network.
     *
     * @param target where the file will stand; its folder must exist, an older file is replaced
     * @return what was done
     * @throws ExportException if the network cannot be exported, the file cannot be written, or it
     *     does not compute what the network computes; then nothing stands under the target's name
     *     that did not before
     */
    public ExportReport export(Path target) {
        Path folder = target.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            throw new ExportException(
                    target + ": there is no folder " + folder + "; make it first");
        }
        long start = System.nanoTime();
        Tracer tracer = tracer();
        Trace trace = trace(tracer);
        Function<String, TensorData> source = weightSource(tracer);
        Graph graph = lower(tracer, trace, source);
        long traced = System.nanoTime();
        FiniteCheck check = new FiniteCheck(trace, graph, source);
        OnnxMetadata metadata =
                OnnxMetadata.of(
                        options.producerName(), options.producerVersion(), options.metadata());
        try (PendingModel pending =
                OnnxWriter.write(graph, metadata, target, options.externalData(), check)) {
            long written = System.nanoTime();
            Optional<VerificationReport> verification = verify(target, pending, trace);
            pending.addMetadata(findings(pending, verification));
            WrittenModel model = pending.commit();
            long end = System.nanoTime();
            return new ExportReport(
                    model.file(),
                    model.dataFile(),
                    model.fileBytes() + model.dataBytes(),
                    options.opset(),
                    ExportReport.count(graph.nodes().stream().map(Node::operator).toList()),
                    trace.parameterCount(),
                    model.weightsSha256(),
                    (traced - start) / 1e9,
                    (written - traced) / 1e9,
                    (end - written) / 1e9,
                    verification);
        }
    }

    private Optional<VerificationReport> verify(Path target, PendingModel pending, Trace trace) {
        if (options.verification().isEmpty()) {
            return Optional.empty();
        }
        VerificationReport report =
                new Verification(
                                block,
                                inputs,
                                List.copyOf(axes.values()),
                                options.verification().get())
                        .outputs(outputNames(trace))
                        .run(pending.model(), target);
        if (!report.passed()) {
            throw new ExportException(
                    target
                            + ": not written, because it would not compute what the network"
                            + " computes: "
                            + report);
        }
        return Optional.of(report);
    }

    private Map<String, String> findings(
            PendingModel pending, Optional<VerificationReport> verification) {
        Map<String, String> findings = new LinkedHashMap<>();
        findings.put("vitrail.weights_sha256", pending.weightsSha256());
        verification.ifPresent(report -> findings.put("vitrail.verified", json(report)));
        findings.keySet().removeAll(options.metadata().keySet());
        return findings;
    }

    private static String json(VerificationReport report) {
        return String.format(
                Locale.ROOT,
                "{\"largest_difference\": %.3g, \"relative_to_largest_output\": %.3g,"
                        + " \"samples\": %d}",
                report.largestDifference(),
                report.largestRelativeDifference(),
                report.samples().size());
    }
}
