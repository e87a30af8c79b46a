package dev.vitrail.zoo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.vitrail.imaging.Resize;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {

    private static final String BASE =
            """
            {
              "name": "mine",
              "model": {
                "image_size": 224, "patch_size": 16, "channels": 3,
                "dim": 768, "depth": 12, "heads": 12, "mlp_dim": 3072,
                "qkv_bias": true, "pool": "token", "norm_eps": 1e-6, "activation": "gelu",
                "dropout": 0.0, "attention_dropout": 0.0, "drop_path": 0.1
              },
              "labels": { "count": 1000 },
              "preprocessing": { "resize": 248, "crop": 224, "interpolation": "bicubic",
                                 "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5] },
              "training": { "epochs": 300, "batch_size": 64,
                            "optimizer": { "type": "adamw", "learning_rate": 1e-3 } }
            }
            """;

    @TempDir Path folder;

    @Test
    void readsEveryKey() {
        ModelConfig config = parsed(BASE);
        assertThat(config.name()).isEqualTo("mine");
        assertThat(config.model())
                .isEqualTo(Architecture.of(224, 16, 768, 12, 12).with().dropPath(0.1).build());
        assertThat(config.labels()).isEqualTo(new Labels.Counted(1000));
        assertThat(config.preprocessing().resize()).isEqualTo(new Resize.ShortEdge(248));
        assertThat(config.training().epochs()).isEqualTo(300);
        assertThat(config.training().optimizer().learningRate()).isEqualTo(1e-3);
    }

    @Test
    void fillsInWhatIsNotGiven() {
        ModelConfig config =
                parsed(
                        """
                        {"model": {"image_size": 32, "patch_size": 8, "dim": 48, "depth": 2, "heads": 3},
                         "labels": ["no", "yes"]}
                        """);
        assertThat(config.model()).isEqualTo(Architecture.of(32, 8, 48, 2, 3));
        assertThat(config.model().mlpDim()).isEqualTo(192);
        assertThat(config.preprocessing().resize()).isEqualTo(new Resize.ShortEdge(35));
        assertThat(config.preprocessing().mean()).containsExactly(0.5, 0.5, 0.5);
        assertThat(config.training()).isEqualTo(TrainingConfig.DEFAULT);
    }

    @ParameterizedTest
    @EnumSource(TrainingConfig.ClassBalance.class)
    void readsWhatIsDoneAboutUnevenClasses(TrainingConfig.ClassBalance balance) {
        String key = "\"epochs\": 300, \"class_balance\": \"%s\"".formatted(balance.id());
        ModelConfig config = parsed(BASE.replace("\"epochs\": 300", key));
        assertThat(config.training().classBalance()).isEqualTo(balance);
        assertThat(config.training().withFreeze(List.of("*")).classBalance()).isEqualTo(balance);
        assertThat(parsed(config.toJson())).isEqualTo(config);
        assertThatThrownBy(() -> parsed(BASE.replace("\"epochs\": 300", "\"class_balance\": true")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "training.class_balance is true, must be \"none\" or \"weights\" or"
                                + " \"sampling\"");
    }

    @Test
    void readsSizesThatAreNotSquareAsHeightAndWidth() {
        ModelConfig config =
                parsed(
                        """
                        {"model": {"image_size": [48, 32], "patch_size": 8, "dim": 32, "depth": 2,
                                   "heads": 2}, "labels": {"count": 10}}
                        """);
        assertThat(config.model().imageHeight()).isEqualTo(48);
        assertThat(config.model().gridWidth()).isEqualTo(4);
        assertThat(config.preprocessing().resize()).isEqualTo(new Resize.Exact(48, 32));
        assertThat(parsed(config.toJson())).isEqualTo(config);
    }

    /** What a size without a mode means never changes; a mode says what timm means by it. */
    @ParameterizedTest
    @MethodSource
    void readsHowTheSizeIsMet(String keys, Resize resize) {
        ModelConfig config =
                parsed(
                        """
                        {"model": {"image_size": [48, 32], "patch_size": 8, "dim": 32, "depth": 2,
                                   "heads": 2}, "labels": {"count": 10}, "preprocessing": {%s}}
                        """
                                .formatted(keys));
        assertThat(config.preprocessing().resize()).isEqualTo(resize);
        assertThat(parsed(config.toJson())).isEqualTo(config);
    }

    static Stream<Arguments> readsHowTheSizeIsMet() {
        return Stream.of(
                arguments("\"resize\": 60", new Resize.ShortEdge(60)),
                arguments("\"resize\": [60, 40]", new Resize.Exact(60, 40)),
                arguments(
                        "\"resize\": [60, 40], \"crop_mode\": \"center\"",
                        new Resize.Cover(60, 40)),
                arguments(
                        "\"resize\": [60, 60], \"crop_mode\": \"center\"",
                        new Resize.ShortEdge(60)),
                arguments("\"resize\": 60, \"crop_mode\": \"squash\"", new Resize.Exact(60, 60)),
                arguments("\"resize\": 60, \"crop_mode\": \"border\"", new Resize.Inside(60, 60)),
                // 48 / 0.9 is 53.3, 32 / 0.9 is 35.6
                arguments("\"crop_mode\": \"border\"", new Resize.Inside(53, 35)),
                arguments("\"crop_mode\": \"squash\"", new Resize.Exact(53, 35)),
                arguments(
                        "\"dialect\": \"vision_transformer\", \"interpolation\": \"bilinear\"",
                        new Resize.Exact(48, 32)),
                arguments(
                        "\"dialect\": \"transformers\", \"rescale_factor\": 0.5",
                        new Resize.Exact(48, 32)));
    }

    @Test
    void writesWhatItReadsBackEqual() {
        ModelConfig config = parsed(BASE).withLabels(Labels.of(List.of("a\"b", "c,d\n", "é😀")));
        assertThat(parsed(config.toJson())).isEqualTo(config);
    }

    /** The key to replace, what stands there instead, and what the message must say. */
    @ParameterizedTest
    @MethodSource
    void refusesAValue(String original, String replacement, String message) {
        assertThat(BASE).contains(original);
        assertThat(refusal(BASE.replace(original, replacement)))
                .anyMatch(problem -> problem.message().contains(message));
    }

    static Stream<Arguments> refusesAValue() {
        String size = "\"image_size\": 224";
        String integer = "must be an integer from 1 to 65536 or [height, width] of them";
        String share = "must be a number in [0, 1)";
        String qkv = "\"qkv_bias\": true";
        String pool = "\"pool\": \"token\"";
        String drop = "\"dropout\": 0.0,";
        String labels = "{ \"count\": 1000 }";
        String mean = "\"mean\": [0.5, 0.5, 0.5]";
        String std = "\"std\": [0.5, 0.5, 0.5]";
        return Stream.of(
                arguments(
                        size,
                        "\"imagesize\": 224",
                        "model.imagesize is not a known key; did you mean model.image_size?"),
                arguments(size, "\"x\": 1", "model.image_size is missing, " + integer),
                arguments(size, "\"image_size\": \"224\"", "is \"224\", " + integer),
                arguments(size, "\"image_size\": 224.9", "is 224.9, " + integer),
                arguments(size, "\"image_size\": 224.0", "is 224.0, " + integer),
                arguments(size, "\"image_size\": null", "is null, " + integer),
                arguments(size, "\"image_size\": true", "is true, " + integer),
                arguments(size, "\"image_size\": \"\"", "is \"\", " + integer),
                arguments(size, "\"image_size\": 1e5", "is 1e5, " + integer),
                arguments(size, "\"image_size\": -0", "is -0, " + integer),
                arguments(size, "\"image_size\": {}", "is an object, " + integer),
                arguments(size, "\"image_size\": [1,2,3]", "is [1, 2, 3], " + integer),
                arguments(
                        size,
                        "\"image_size\": 225",
                        "model.image_size is 225, must be a multiple of model.patch_size (16);"
                                + " 224 and 240 are"),
                arguments(size, "\"image_size\": 8", "model.patch_size (16); 16 is the smallest"),
                arguments(size, "\"image_size\": [224, 200]", "must be a multiple"),
                arguments(size, "\"image_size\": 240", "preprocessing.crop is 224, must be model"),
                arguments(
                        "\"dim\": 768",
                        "\"dim\": 770",
                        "model.heads is 12, must be a divisor of model.dim (770); 11 and 14 are,"
                                + " or make model.dim 768 or 780"),
                arguments(
                        "\"heads\": 12",
                        "\"heads\": 7",
                        "model.heads is 7, must be a divisor of model.dim (768); 6 and 8 are"),
                arguments("\"channels\": 3", "\"channels\": 1", "model.channels is 1, must be 3"),
                arguments(qkv, "\"qkv_bias\": 1", "is 1, must be true or false"),
                arguments(qkv, "\"qkv_bias\": \"true\"", "is \"true\", must be true or false"),
                arguments(pool, "\"pool\": 1", "is 1, must be \"token\" or \"mean\""),
                arguments(pool, "\"pool\": \"Token\"", "is \"Token\", must be \"token\" or"),
                arguments(drop, "\"dropout\": \"NaN\",", "model.dropout is \"NaN\", " + share),
                arguments(drop, "\"dropout\": NaN,", "model.dropout is NaN, " + share),
                arguments(drop, "\"dropout\": -Infinity,", "is -Infinity, " + share),
                arguments(drop, "\"dropout\": 1e400,", "model.dropout is 1e400, " + share),
                arguments(drop, "\"dropout\": -0.1,", "model.dropout is -0.1, " + share),
                arguments(drop, "\"dropout\": -0.0,", "model.dropout is -0.0, " + share),
                arguments(drop, "\"dropout\": 1.0,", "model.dropout is 1.0, " + share),
                arguments(drop, "\"dropout\": 1.5,", "model.dropout is 1.5, " + share),
                arguments(labels, "[]", "labels has 0 names, must have 1 to"),
                arguments(labels, "[\"a\", \"b\", \"a\"]", "labels[2] is \"a\", as is labels[0]"),
                arguments(labels, "[\"a\", \" \"]", "labels[1] is \" \", must be a string"),
                arguments(labels, "[\"a\", 1]", "labels[1] is 1, must be a string"),
                arguments(labels, "5", "labels is 5, must be a list of names"),
                arguments(labels, "{}", "labels.file is missing"),
                arguments(labels, "{ \"counts\": 5 }", "did you mean labels.count?"),
                arguments(labels, "{ \"file\": \"none.txt\" }", "must be a text file"),
                arguments(mean, "\"mean\": [0.5, 0.5]", "is [0.5, 0.5], must be an array of 3"),
                arguments(std, "\"std\": [0.5, 0, 0.5]", "each a number from 1e-6 to 1e6"),
                arguments(std, "\"std\": [0.5, 1e-50, 0.5]", "each a number from 1e-6 to 1e6"),
                arguments("\"bicubic\"", "\"cubic\"", "must be \"nearest\" or \"box\" or"),
                arguments(
                        "\"bicubic\"", "\"area\"", "preprocessing.interpolation is \"area\", must"),
                arguments(
                        "\"bicubic\"",
                        "\"bicubic\", \"crop_mode\": \"centre\"",
                        "must be \"center\" or \"squash\" or \"border\""),
                arguments(
                        "\"bicubic\"",
                        "\"bicubic\", \"crop_mod\": \"center\"",
                        "did you mean preprocessing.crop_mode?"),
                arguments(
                        "\"bicubic\"",
                        "\"bilinear\", \"dialect\": \"vision_transformer\"",
                        "preprocessing.resize is 248, must be the crop as a pair, [224, 224],"),
                arguments("\"crop\": 224", "\"crop\": 223", "must be model.image_size, 224 by 224"),
                arguments("\"resize\": 248", "\"resize\": 0", "preprocessing.resize is 0, must be"),
                arguments("\"adamw\"", "\"adam\"", "training.optimizer.type is \"adam\", must be"),
                arguments("1e-3", "0", "training.optimizer.learning_rate is 0, must be a number"),
                arguments("\"epochs\": 300", "\"warmup_epochs\": 101", "at most training.epochs"),
                arguments("\"name\": \"mine\"", "\"name\": \"\"", "name is \"\", must be a string"),
                arguments("\"mine\"", "\"\\ud800\"", "half of a surrogate pair"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "2147483648", "99999999999999999999"})
    void refusesSizesOutOfRange(String value) {
        for (String key :
                List.of(
                        "image_size",
                        "patch_size",
                        "channels",
                        "dim",
                        "depth",
                        "heads",
                        "mlp_dim",
                        "batch_size",
                        "epochs")) {
            String json = BASE.replaceAll("\"" + key + "\": [0-9]+", "\"" + key + "\": " + value);
            assertThat(json).isNotEqualTo(BASE);
            assertThat(refusal(json))
                    .anyMatch(
                            problem ->
                                    problem.path().endsWith(key)
                                            && problem.message()
                                                    .contains(key + " is " + value + ", must be"));
        }
    }

    @ParameterizedTest
    @MethodSource
    void refusesADocument(String json, String message) {
        assertThat(refusal(json))
                .first()
                .satisfies(problem -> assertThat(problem.message()).contains(message));
    }

    static Stream<Arguments> refusesADocument() {
        return Stream.of(
                arguments("", "is empty, an object is expected"),
                arguments("  \n ", "is empty, an object is expected"),
                arguments("null", "is null, an object is expected"),
                arguments("[]", "is [], an object is expected"),
                arguments("\"x\"", "is \"x\", an object is expected"),
                arguments("{\"name\": \"a\" // why\n}", "a comment, which JSON does not have"),
                arguments("{\"name\": \"a\",\n}", "a comma before the closing bracket"),
                arguments("{\"labels\": [1,]}", "a comma before the closing bracket"),
                arguments("{'name': 1}", "a single quote"),
                arguments("{\"name\": ", "ends in the middle"),
                arguments("{name: 1}", "not JSON: name: 1} cannot stand here; keys"),
                arguments("{\"name\": mine}", "not JSON: mine} cannot stand here"),
                arguments("{\"a\": [1}", "not JSON: } cannot stand here"),
                arguments("{\"a\": 01}", "not JSON: "),
                arguments("{\"a\": \"line\nend\"}", "a string holds a line end"),
                arguments("{} x", "the document goes on after its end"),
                arguments("{} 'x'", "the document goes on after its end"),
                arguments("{}}", "the document goes on after its end"),
                arguments("{\"a\":".repeat(100_000), "nested deeper than 64"),
                arguments("{\"a\":" + "[".repeat(100_000), "nested deeper than 64"),
                arguments("{\"a\": \"" + "x".repeat(3_000_000) + "\"}", "a string has more than"),
                arguments("{\"" + "x".repeat(1_000_000) + "\": 1}", "a key has more than 1000"),
                arguments("{\"a\": " + "1".repeat(10_000) + "}", "a number has more than 100"));
    }

    /** What is added to the model of {@link #BASE}, and what the message must say. */
    @ParameterizedTest
    @MethodSource
    void refusesAKeyOfTheModel(String keys, String message) {
        String json = BASE.replace("\"channels\": 3,", keys.replace('\'', '"') + ",");
        assertThat(refusal(json))
                .anyMatch(problem -> problem.message().contains(message.replace('\'', '"')));
    }

    static Stream<Arguments> refusesAKeyOfTheModel() {
        String stem = "model.stem.";
        return Stream.of(
                arguments("'stem': 'resnet'", "model.stem is 'resnet', must be 'patch' or an obj"),
                arguments("'stem': {}", stem + "type is missing, must be 'patch' or 'convolution'"),
                arguments("'stem': {'type': 'conv'}", stem + "type is 'conv', must be 'patch' or"),
                arguments(
                        "'stem': {'type': 'patch', 'width': 64}",
                        stem + "width is 64, must be left out where type is 'patch'"),
                arguments(
                        "'stem': {'type': 'convolution'}",
                        stem + "channels is missing, must be an array with the channels of each"),
                arguments(
                        "'stem': {'type': 'convolution', 'channels': [8, 0]}",
                        stem + "channels is [8, 0], must be an array of 1 to 8, each an integer"),
                arguments(
                        "'stem': {'type': 'convolution', 'channels': [8], 'strides': [3]}",
                        stem
                                + "strides is [3], must be an array of 1 to 8, each an integer from"
                                + " 1"),
                arguments(
                        "'stem': {'type': 'convolution', 'channels': [8], 'strides': [2, 2]}",
                        stem + "strides is [2, 2], must be as many numbers as channels (1)"),
                arguments(
                        "'stem': {'type': 'convolution', 'channels': [8], 'depths': [1]}",
                        stem + "depths is [1], must be left out where type is 'convolution'"),
                arguments(
                        "'stem': {'type': 'convolution', 'channels': [8, 8, 8, 8, 8]}",
                        "model.patch_size is 16, must be a multiple of the stride of model.stem"
                                + " (32)"),
                arguments(
                        "'stem': {'type': 'resnet', 'depths': [3, 0]}",
                        stem + "depths is [3, 0], must be an array of 0 to 4, each an integer"),
                arguments(
                        "'stem': {'type': 'resnet', 'width': 48}",
                        stem + "width is 48, must be a multiple of 32"),
                arguments(
                        "'stem': {'type': 'resnet', 'norm_eps': 0}",
                        stem + "norm_eps is 0, must be a number in (0, 0.1]"),
                arguments(
                        "'stem': {'type': 'convolution', 'channels': [8], 'norm_eps': 1e-6}",
                        stem + "norm_eps is 1e-6, must be left out where type is 'convolution'"),
                arguments(
                        "'stem': {'type': 'resnet', 'channels': [8]}",
                        stem + "channels is [8], must be left out where type is 'resnet'"),
                arguments(
                        "'stem': {'type': 'resnet', 'depth': [3]}",
                        stem + "depth is not a known key; did you mean model.stem.depths?"),
                arguments("'patch_bias': 0", "model.patch_bias is 0, must be true or false"),
                arguments("'class_token': null", "model.class_token is null, must be true or"),
                arguments(
                        "'class_token': false",
                        "model.class_token is false, must be true where pool is 'token', or pool"),
                arguments(
                        "'class_token': false, 'distillation_token': true",
                        "model.class_token is false, must be true, since distillation_token is"),
                arguments("'distillation_token': 1", "distillation_token is 1, must be true or"),
                arguments(
                        "'distillation_token': true, 'pre_logits': 8",
                        "model.pre_logits is 8, must be 0, since distillation_token is true"),
                arguments("'registers': -1", "model.registers is -1, must be an integer from 0"),
                arguments(
                        "'position_embedding': 'sincos'",
                        "model.position_embedding is 'sincos', must be 'learned' or 'sincos_mae' or"
                                + " 'sincos_big_vision'"),
                arguments(
                        "'positions_on_patches_only': 'no'",
                        "model.positions_on_patches_only is 'no', must be true or false"),
                arguments(
                        "'position_resampling': 'nearest'",
                        "model.position_resampling is 'nearest', must be 'bicubic_antialias' or"),
                arguments("'pre_norm': 1", "model.pre_norm is 1, must be true or false"),
                arguments("'qk_norm': 1", "model.qk_norm is 1, must be true or false"),
                arguments("'layer_scale': -1e-5", "model.layer_scale is -1e-5, must be a number"),
                arguments("'layer_scale': true", "model.layer_scale is true, must be a number"),
                arguments("'mlp': 'glu'", "model.mlp is 'glu', must be 'plain' or 'swiglu'"),
                arguments("'final_norm': 1", "model.final_norm is 1, must be true or false"),
                arguments("'fc_norm': 1", "model.fc_norm is 1, must be true or false"),
                arguments(
                        "'fc_norm': true, 'final_norm': false",
                        "model.fc_norm is true, must be false, since final_norm is"),
                arguments(
                        "'pre_logits': 'tanh'", "model.pre_logits is 'tanh', must be an integer"));
    }

    @Test
    void refusesWhatOnlyOtherKeysMakeWrong() {
        String distilled = BASE.replace("\"channels\": 3,", "\"distillation_token\": true,");
        assertThat(refusal(distilled.replace("\"token\"", "\"mean\"")))
                .anyMatch(
                        problem ->
                                problem.message()
                                        .contains(
                                                "model.pool is \"mean\", must be \"token\","
                                                        + " since"));
        String activation = BASE.replace("\"gelu\"", "\"relu\"");
        assertThat(refusal(activation))
                .anyMatch(
                        problem ->
                                problem.message()
                                        .contains(
                                                "model.activation is \"relu\", must be \"gelu\" or"
                                                        + " \"gelu_tanh\" or \"quick_gelu\""));
        for (String positions : List.of("sincos_mae", "sincos_big_vision")) {
            String narrow =
                    BASE.replace("\"dim\": 768", "\"dim\": 6")
                            .replace("\"heads\": 12", "\"heads\": 3")
                            .replace(
                                    "\"channels\": 3,",
                                    "\"position_embedding\": \"" + positions + "\",");
            assertThat(refusal(narrow))
                    .anyMatch(
                            problem ->
                                    problem.message().contains("model.dim is 6, must be a mult"));
            assertThat(parsesWith(narrow.replace("\"dim\": 6", "\"dim\": 4"), "\"heads\": 2"))
                    .isEqualTo(positions.equals("sincos_mae"));
        }
    }

    private static boolean parsesWith(String json, String heads) {
        try {
            parsed(json.replace("\"heads\": 3", heads));
            return true;
        } catch (ConfigException e) {
            return false;
        }
    }

    @Test
    void readsEveryStem() {
        assertThat(stem("'patch'")).isEqualTo(Stem.PATCH);
        assertThat(stem("{'type': 'patch'}")).isEqualTo(Stem.PATCH);
        assertThat(stem("{'type': 'convolution', 'channels': [24, 48, 96, 192]}"))
                .isEqualTo(new Stem.Convolution(List.of(24, 48, 96, 192), List.of(2, 2, 2, 2)));
        assertThat(stem("{'type': 'convolution', 'channels': [8, 9], 'strides': [2, 1]}"))
                .isEqualTo(new Stem.Convolution(List.of(8, 9), List.of(2, 1)));
        assertThat(stem("{'type': 'resnet'}")).isEqualTo(new Stem.ResNet(List.of(3, 4, 9), 64));
        assertThat(stem("{'type': 'resnet', 'depths': [], 'width': 32}"))
                .isEqualTo(new Stem.ResNet(List.of(), 32));
        assertThat(stem("{'type': 'resnet', 'norm_eps': 1e-6}"))
                .isEqualTo(new Stem.ResNet(List.of(3, 4, 9), 64, 1e-6));
    }

    private static Stem stem(String value) {
        String key = "\"stem\": " + value.replace('\'', '"') + ",";
        ModelConfig config = parsed(BASE.replace("\"channels\": 3,", key));
        assertThat(parsed(config.toJson())).isEqualTo(config);
        return config.model().stem();
    }

    @Test
    void namesLineAndColumnOfWhatFollowsTheDocument() {
        for (String tail : List.of(BASE, "x", "}", "null")) {
            assertThat(refusal(BASE + tail))
                    .anyMatch(
                            problem ->
                                    problem.line() == BASE.lines().count() + 1
                                            && problem.message()
                                                    .equals("the document goes on after its end"));
        }
    }

    @Test
    void namesBothLinesOfAKeyThatIsThereTwice() {
        String twice =
                BASE.replace("\"dim\": 768,", "\"dim\": 768, \"depth\": 6,")
                        .replace("\"name\": \"mine\",", "\"name\": \"a\",\n\"name\": \"b\",");
        assertThat(refusal(twice))
                .extracting(ConfigProblem::message)
                .contains(
                        "name is there twice, on lines 2 and 3",
                        "model.depth is there twice, on lines 6 and 6");
    }

    @Test
    void refusesSizesThatNoMachineHoldsWithTheirBytes() {
        String images = BASE.replace("\"patch_size\": 16", "\"patch_size\": 1");
        assertThat(refusal(images.replace("224", "65536")))
                .anyMatch(problem -> problem.message().contains("more than 9223372036854775807 b"));
        String deep =
                BASE.replace("\"dim\": 768", "\"dim\": 1048576")
                        .replace("\"depth\": 12", "\"depth\": 1000")
                        .replace("\"heads\": 12", "\"heads\": 16")
                        .replace("\"mlp_dim\": 3072", "\"mlp_dim\": 4194304");
        long parameters = Architecture.of(224, 16, 1 << 20, 1000, 16).parameterCount(1000);
        assertThat(refusal(deep))
                .anyMatch(problem -> problem.message().contains("needs " + 4 * parameters + " b"));
    }

    @Test
    void reportsAllProblemsInTheOrderOfTheFile() {
        String json =
                BASE.replace("\"image_size\": 224", "\"imagesize\": 224")
                        .replace("\"heads\": 12", "\"heads\": 7")
                        .replace("\"pool\": \"token\"", "\"pool\": \"max\"")
                        .replace("\"count\": 1000", "\"count\": 0")
                        .replace("\"epochs\": 300", "\"epochs\": -3");
        List<ConfigProblem> problems = refusal(json);
        assertThat(problems)
                .extracting(ConfigProblem::path)
                .containsExactly(
                        "model.image_size",
                        "model.imagesize",
                        "model.heads",
                        "model.pool",
                        "labels.count",
                        "training.epochs");
        assertThat(problems.get(1).line()).isEqualTo(4);
        assertThat(problems.get(1).column()).isEqualTo(5);
    }

    @Test
    void namesFileLineAndColumnInItsMessage() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("mine.json"), BASE.replace("\"heads\": 12", "\"heads\": 7"));
        assertThatThrownBy(() -> ConfigReader.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        file
                                + ":5:39: model.heads is 7, must be a divisor of model.dim (768);"
                                + " 6 and 8 are, or make model.dim 763 or 770");
    }

    @Test
    void refusesWhatIsNoReadableFile() throws IOException {
        Path missing = folder.resolve("missing.json");
        assertThatThrownBy(() -> ConfigReader.read(missing))
                .isInstanceOf(ConfigException.class)
                .hasMessage(missing + ": there is no such file");
        assertThatThrownBy(() -> ConfigReader.read(folder)).hasMessageContaining("is a folder");
        Path mark = folder.resolve("mark.json");
        Files.writeString(mark, "\uFEFF" + BASE);
        assertThatThrownBy(() -> ConfigReader.read(mark)).hasMessageContaining("byte-order mark");
        Files.write(mark, BASE.getBytes(StandardCharsets.UTF_16));
        assertThatThrownBy(() -> ConfigReader.read(mark)).hasMessageContaining("UTF-16");
        Files.write(mark, new byte[] {'{', (byte) 0xC3, '}'});
        assertThatThrownBy(() -> ConfigReader.read(mark)).hasMessageContaining("is not UTF-8");
        Files.write(mark, new byte[5 << 20]);
        assertThatThrownBy(() -> ConfigReader.read(mark)).hasMessageContaining("is the limit");
    }

    @Test
    void readsLabelsFromAFileBesideTheConfig() throws IOException {
        Files.writeString(folder.resolve("labels.txt"), "cat\ndog\nrabbit, grey\n");
        Path file = folder.resolve("mine.json");
        Files.writeString(file, BASE.replace("\"count\": 1000", "\"file\": \"labels.txt\""));
        ModelConfig config = ConfigReader.read(file);
        assertThat(config.labels().names()).containsExactly("cat", "dog", "rabbit, grey");
        assertThat(ConfigReader.parse(config.toJson(), "again", folder)).isEqualTo(config);

        String both = "\"file\": \"labels.txt\", \"count\": 4";
        Files.writeString(file, BASE.replace("\"count\": 1000", both));
        assertThatThrownBy(() -> ConfigReader.read(file))
                .hasMessageContaining("labels.count is 4, must be 3, the number of lines");

        Files.writeString(folder.resolve("labels.txt"), "cat\ndog\ncat\n");
        Files.writeString(file, BASE.replace("\"count\": 1000", "\"file\": \"labels.txt\""));
        assertThatThrownBy(() -> ConfigReader.read(file))
                .hasMessageContaining("line 3 of")
                .hasMessageContaining("is the same as line 1");
    }

    @Test
    void refusesDeepNestingSoonAndWithoutOverflow() {
        // Of the processor: a busy machine says nothing about the reader.
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        refusal("{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000));
        assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - start))
                .isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void meetsMutatedConfigsWithAConfigOrItsOwnException() {
        meetMutants(10_000, 6);
    }

    @Test
    @Tag("slow")
    void meetsManyMutatedConfigsWithAConfigOrItsOwnException() {
        meetMutants(100_000, 60);
    }

    private static void meetMutants(int count, long seed) {
        Random random = new Random(seed);
        String pieces = "{}[]\",:.-+eE0123456789 \n\\u/'ntrfalse#\u0000é";
        int refused = 0;
        for (int i = 0; i < count; i++) {
            StringBuilder mutant = new StringBuilder(BASE);
            int changes = 1 + random.nextInt(3);
            for (int change = 0; change < changes; change++) {
                int at = random.nextInt(mutant.length());
                char piece = pieces.charAt(random.nextInt(pieces.length()));
                switch (random.nextInt(3)) {
                    case 0 -> mutant.setCharAt(at, piece);
                    case 1 -> mutant.insert(at, piece);
                    default ->
                            mutant.delete(
                                    at, Math.min(mutant.length(), at + 1 + random.nextInt(9)));
                }
            }
            try {
                parsed(mutant.toString());
            } catch (ConfigException e) {
                assertThat(e.problems()).isNotEmpty();
                refused++;
            } catch (RuntimeException e) {
                fail("mutant " + i + ": " + mutant, e);
            }
        }
        // Most changes break something; some, in blanks or digits, do not.
        assertThat(refused).isBetween(count / 2, count / 100 * 99);
    }

    private static ModelConfig parsed(String json) {
        return ConfigReader.parse(json, "test", Path.of("no-such-folder"));
    }

    private static List<ConfigProblem> refusal(String json) {
        return catchThrowableOfType(ConfigException.class, () -> parsed(json)).problems();
    }
}
