package dev.vitrail.converter.verify;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.vitrail.converter.error.ExportException;
import dev.vitrail.converter.trace.ArrayInput;
import dev.vitrail.converter.trace.SymbolicAxis;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs an ONNX file in ONNX Runtime and the network that it came from in DJL on the same inputs,
 * and compares what comes out: at sizes that were never traced, with ONNX Runtime's optimisations
 * on and, for one of the samples, off, so that a mistake that one of them hides shows in the other.
 * How much may differ is measured: what rounding alone does to the network, a number of times.
 */
public final class Verification {
    private final Block block;
    private final List<ArrayInput> inputs;
    private final List<SymbolicAxis> axes;
    private final VerificationOptions options;
    private List<String> outputs = List.of();

    /**
     * Prepares a verification.
     *
     * @param block the network, initialised
     * @param inputs what it is given
     * @param axes the symbolic axes of the inputs
     * @param options what to run and what to let pass
     */
    public Verification(
            Block block,
            List<ArrayInput> inputs,
            List<SymbolicAxis> axes,
            VerificationOptions options) {
        this.block = block;
        this.inputs = List.copyOf(inputs);
        this.axes = List.copyOf(axes);
        this.options = options;
    }

    /**
     * Says which outputs of the file the network returns, where the file has more: those are
     * compared and the others left alone.
     *
     * @param names in the order of the network; empty for all outputs of the file
     * @return this verification
     */
    public Verification outputs(List<String> names) {
        outputs = List.copyOf(names);
        return this;
    }

    /**
     * Compares a file with the network.
     *
     * @param file an ONNX file
     * @return the largest differences
     * @throws ExportException if ONNX Runtime cannot load or run the file, or its outputs have
     *     other shapes or number types than DJL's
     */
    public VerificationReport run(Path file) {
        return run(file, file);
    }

    /**
     * Compares a file that does not yet lie where it will with the network.
     *
     * @param file an ONNX file
     * @param target what messages call it: the name that the user knows
     * @return the largest differences
     * @throws ExportException if ONNX Runtime cannot load or run the file, or its outputs have
     *     other shapes or number types than DJL's
     */
    public VerificationReport run(Path file, Path target) {
        List<Sample> samples = samples();
        List<List<Numbers>> expected = new ArrayList<>();
        List<Double> tolerances = new ArrayList<>();
        for (Sample sample : samples) {
            expected.add(runDjl(sample, tolerances));
        }
        List<String> labels = new ArrayList<>();
        Differences differences = new Differences(tolerances);
        int plainSample = Math.min(1, samples.size() - 1);
        for (OptLevel level : List.of(OptLevel.NO_OPT, OptLevel.ALL_OPT)) {
            try (OnnxModel model = OnnxModel.open(file, level)) {
                List<String> compared = compared(model, target);
                for (int i = 0; i < samples.size(); i++) {
                    if (level == OptLevel.NO_OPT && i != plainSample) {
                        continue;
                    }
                    String label =
                            samples.get(i).label()
                                    + (level == OptLevel.NO_OPT ? " (not optimised)" : "");
                    labels.add(label);
                    differences.add(
                            label, compared, expected.get(i), model.run(samples.get(i), compared));
                }
            } catch (OrtException e) {
                throw new ExportException(
                        target
                                + ": ONNX Runtime cannot run this file: "
                                + renamed(OnnxModel.reason(e), file, target),
                        e);
            }
        }
        return new VerificationReport(differences.largest(), labels);
    }

    private List<String> compared(OnnxModel model, Path target) {
        if (outputs.isEmpty()) {
            return model.outputNames();
        }
        if (!model.outputNames().containsAll(outputs)) {
            throw new ExportException(
                    target
                            + ": gives "
                            + model.outputNames()
                            + " where the network gives "
                            + outputs);
        }
        return outputs;
    }

    /** ONNX Runtime names the file as it was given to it. */
    private static String renamed(String message, Path file, Path target) {
        return message.replace(file.toString(), target.toString());
    }

    private List<Sample> samples() {
        RandomInputs random = new RandomInputs(options.seed(), options.integerBounds());
        List<Sample> samples = new ArrayList<>();
        List<Integer> steps = axes.isEmpty() ? List.of(0) : options.steps();
        for (int i = 0; i < steps.size(); i++) {
            Map<String, Long> sizes = new LinkedHashMap<>();
            for (int a = 0; a < axes.size(); a++) {
                SymbolicAxis axis = axes.get(a);
                // Each axis goes through the steps from another start, so that sizes differ.
                long size = axis.minimum() + steps.get((i + a) % steps.size()) + a;
                sizes.put(axis.name(), Math.min(size, axis.maximum()));
            }
            samples.add(random.sample(inputs, sizes));
        }
        samples.addAll(options.samples());
        return samples;
    }

    /** The first run also says what to allow of each output. */
    private List<Numbers> runDjl(Sample sample, List<Double> tolerances) {
        try (NDManager manager = newManager()) {
            NDList arrays = new NDList();
            for (ArrayInput input : inputs) {
                Sample.Content content = sample.arrays().get(input.name());
                if (content == null) {
                    throw new ExportException(
                            "sample " + sample.label() + ": has no input " + input.name());
                }
                arrays.add(
                        manager.create(
                                content.bytes().duplicate().order(content.bytes().order()),
                                new Shape(content.shape()),
                                dataType(content)));
            }
            NDList outputs = forward(manager, arrays, sample);
            List<Numbers> numbers = new ArrayList<>();
            for (NDArray output : outputs) {
                numbers.add(Numbers.of(output));
            }
            if (tolerances.isEmpty()) {
                tolerances.addAll(tolerances(arrays, numbers));
            }
            return numbers;
        }
    }

    private List<Double> tolerances(NDList inputs, List<Numbers> outputs) {
        return options.measured()
                ? RoundingError.tolerances(options.tolerance(), block, inputs, outputs)
                : Collections.nCopies(outputs.size(), options.tolerance());
    }

    private NDList forward(NDManager manager, NDList arrays, Sample sample) {
        try {
            return block.forward(new ParameterStore(manager, false), arrays, false);
        } catch (RuntimeException e) {
            throw new ExportException(
                    "the network cannot run in DJL itself with "
                            + sample.label()
                            + ", so there is nothing to compare with: "
                            + e.getMessage(),
                    e);
        }
    }

    /** A manager of the engine and device that the parameters are in. */
    private NDManager newManager() {
        for (Parameter parameter : block.getParameters().values()) {
            if (parameter.isInitialized()) {
                return parameter.getArray().getManager().newSubManager();
            }
        }
        return NDManager.newBaseManager(Device.cpu());
    }

    private static DataType dataType(Sample.Content content) {
        return DataType.valueOf(content.numbers().name());
    }
}
