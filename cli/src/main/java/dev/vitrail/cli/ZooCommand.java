package dev.vitrail.cli;

import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.config.ModelConfig;
import dev.vitrail.zoo.config.ModelPlan;
import dev.vitrail.zoo.config.Stem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vitrail zoo}: the variants that ship and what they cost. */
@Command(
        name = "zoo",
        header = "List the variants that ship, and show what one costs.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
final class ZooCommand implements Runnable {
    private static final double GIGA = 1e9;
    private static final double MEBIBYTE = 1 << 20;

    @Spec private CommandSpec spec;

    private final Console console;

    ZooCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: list or show");
    }

    @Command(
            name = "list",
            header = "List the variants that ship.",
            mixinStandardHelpOptions = true)
    int list(@Option(names = "--json", description = "Print one JSON object.") boolean json) {
        List<Map<String, Object>> variants = new ArrayList<>();
        TextTable table =
                new TextTable(
                        "name",
                        "image",
                        "patch",
                        "dim",
                        "depth",
                        "heads",
                        "tokens",
                        "parameters",
                        "GMACs",
                        "memory MiB",
                        "ONNX MiB",
                        "files");
        for (ModelConfig config : Configs.shipped()) {
            Map<String, Object> facts = facts(config);
            variants.add(facts);
            table.row(
                    config.name(),
                    size(config),
                    Integer.toString(config.model().patchSize()),
                    Integer.toString(config.model().dim()),
                    Integer.toString(config.model().depth()),
                    Integer.toString(config.model().heads()),
                    Long.toString((long) facts.get("tokens")),
                    grouped((long) facts.get("parameters")),
                    giga((long) facts.get("multiply_accumulates")),
                    mebibytes((long) facts.get("activation_bytes")),
                    mebibytes((long) facts.get("onnx_bytes")),
                    (boolean) facts.get("external_data") ? "2" : "1");
        }
        if (json) {
            console.json(Map.of("variants", variants));
        } else {
            table.lines().forEach(console::print);
            console.print("memory: arrays of one image while it is classified, in fp32");
            console.print("files: 2 where an fp32 ONNX export keeps its weights beside the model");
        }
        return ExitCode.DONE.code();
    }

    @Command(
            name = "show",
            header = "Show what a variant or a config costs.",
            mixinStandardHelpOptions = true)
    int show(
            @Parameters(
                            paramLabel = "NAME|CONFIG",
                            description = "A name from 'zoo list', or a config file.")
                    String given,
            @Option(names = "--json", description = "Print one JSON object.") boolean json) {
        ModelConfig config = Configs.read(given);
        Map<String, Object> facts = facts(config);
        if (json) {
            console.json(facts);
            return ExitCode.DONE.code();
        }
        console.print(config.name());
        line("image", size(config) + " pixels, patches of " + config.model().patchSize());
        line("stem", stem(config.model().stem()));
        line(
                "tokens",
                facts.get("tokens")
                        + " of dim "
                        + config.model().dim()
                        + ": "
                        + tokens(config.model()));
        line(
                "encoder",
                config.model().depth()
                        + " blocks, "
                        + config.model().heads()
                        + " heads of "
                        + config.model().headDim()
                        + ", "
                        + config.model().mlp().id()
                        + " MLP "
                        + config.model().mlpDim());
        line("pooling", config.model().pooling().id());
        line("classes", Integer.toString(config.labels().count()));
        line("parameters", grouped((long) facts.get("parameters")));
        line(
                "multiply-accumulates",
                giga((long) facts.get("multiply_accumulates")) + " G an image");
        line(
                "activations",
                mebibytes((long) facts.get("activation_bytes"))
                        + " MiB an image classified, "
                        + mebibytes((long) facts.get("training_activation_bytes"))
                        + " MiB an image trained on");
        line(
                "ONNX file",
                mebibytes((long) facts.get("onnx_bytes"))
                        + " MiB in fp32"
                        + ((boolean) facts.get("external_data")
                                ? ", weights in a second file (above 2 GB)"
                                : ", one file"));
        return ExitCode.DONE.code();
    }

    private void line(String name, String value) {
        console.print(String.format(Locale.ROOT, "  %-21s %s", name, value));
    }

    private static Map<String, Object> facts(ModelConfig config) {
        ModelPlan plan = ModelPlan.of(config.model(), config.labels().count());
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", config.name());
        facts.put("image_height", config.model().imageHeight());
        facts.put("image_width", config.model().imageWidth());
        facts.put("patch_size", config.model().patchSize());
        facts.put("stem", stem(config.model().stem()));
        facts.put("dim", config.model().dim());
        facts.put("depth", config.model().depth());
        facts.put("heads", config.model().heads());
        facts.put("mlp_dim", config.model().mlpDim());
        facts.put("classes", config.labels().count());
        facts.put("pool", config.model().pooling().id());
        facts.put("tokens", plan.tokens());
        facts.put("registers", config.model().registers());
        facts.put("parameters", plan.parameters());
        facts.put("multiply_accumulates", plan.multiplyAccumulates());
        facts.put("activation_bytes", plan.activationBytes());
        facts.put("training_activation_bytes", plan.trainingActivationBytes());
        facts.put("onnx_bytes", plan.onnxBytes(config.model().depth()));
        facts.put("external_data", plan.needsExternalData(config.model().depth()));
        return facts;
    }

    private static String stem(Stem stem) {
        if (stem instanceof Stem.Convolution convolution) {
            return "convolutions of channels " + convolution.channels();
        }
        if (stem instanceof Stem.ResNet resNet) {
            return "ResNet of width " + resNet.width() + ", blocks " + resNet.depths();
        }
        return "none";
    }

    private static String tokens(Architecture model) {
        List<String> parts = new ArrayList<>();
        if (model.classToken()) {
            parts.add("class");
        }
        if (model.distillationToken()) {
            parts.add("distillation");
        }
        if (model.registers() > 0) {
            parts.add(model.registers() + " registers");
        }
        parts.add(model.patches() + " patches");
        return String.join(", ", parts);
    }

    private static String size(ModelConfig config) {
        int height = config.model().imageHeight();
        int width = config.model().imageWidth();
        return height == width ? Integer.toString(height) : height + "x" + width;
    }

    /** Thin groups of three, as tables of the field have them. */
    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number).replace(',', ' ');
    }

    private static String giga(long number) {
        return String.format(Locale.ROOT, number < GIGA / 10 ? "%.4f" : "%.2f", number / GIGA);
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / MEBIBYTE);
    }
}
