package dev.vitrail.converter;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import dev.vitrail.converter.graph.Graph;
import dev.vitrail.converter.testing.FunctionBlock;
import dev.vitrail.converter.testing.OnnxRun;
import dev.vitrail.converter.trace.ArrayInput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * DJL's PyTorch engine runs no transposed convolution, so its definition is the witness: every
 * number of the input is spread by the kernel over the output, step by step of the stride. In one,
 * two and three dimensions.
 */
class TransposedConvolutionTest {
    private static final int BATCH = 2;

    /** The arguments, one number for each spatial axis. */
    record Setting(
            int groups,
            int[] size,
            int[] kernel,
            int[] stride,
            int[] padding,
            int[] outPadding,
            int[] dilation) {
        int out(int axis) {
            return (size[axis] - 1) * stride[axis]
                    - 2 * padding[axis]
                    + dilation[axis] * (kernel[axis] - 1)
                    + outPadding[axis]
                    + 1;
        }

        int[] out() {
            int[] out = new int[size.length];
            Arrays.setAll(out, this::out);
            return out;
        }

        @Override
        public String toString() {
            return size.length + "d, kernel " + Arrays.toString(kernel) + ", groups " + groups;
        }
    }

    static Stream<Setting> settings() {
        return Stream.of(
                new Setting(1, ints(5), ints(3), ints(1), ints(0), ints(0), ints(1)),
                new Setting(1, ints(5), ints(3), ints(2), ints(1), ints(1), ints(1)),
                new Setting(2, ints(4), ints(2), ints(3), ints(0), ints(2), ints(2)),
                new Setting(
                        1, ints(3, 4), ints(3, 2), ints(2, 1), ints(1, 0), ints(1, 0), ints(1, 2)),
                new Setting(
                        2, ints(4, 3), ints(2, 3), ints(2, 3), ints(0, 1), ints(0, 2), ints(1, 1)),
                new Setting(
                        1,
                        ints(2, 3, 2),
                        ints(2, 2, 3),
                        ints(2, 1, 2),
                        ints(0, 0, 1),
                        ints(1, 0, 0),
                        ints(1, 1, 1)));
    }

    private static int[] ints(int... values) {
        return values;
    }

    private static final int CHANNELS = 4;
    private static final int FILTERS = 2;

    @ParameterizedTest(name = "{0}")
    @MethodSource("settings")
    void spreadsEveryNumberByTheKernel(Setting setting) {
        int taps = Arrays.stream(setting.kernel()).reduce(1, (a, b) -> a * b);
        float[] weights = random(CHANNELS * FILTERS * taps);
        float[] biases = random(FILTERS * setting.groups());
        ArrayInput input = ArrayInput.batchOf("x", concat(CHANNELS, setting.size()));
        Graph graph =
                new Exporter(
                                FunctionBlock.of(x -> deconvolve(x, setting, weights, biases)),
                                ExportOptions.defaults())
                        .input(input)
                        .graph();

        float[] found = OnnxRun.run(graph, BATCH).get(0);

        int size = Arrays.stream(setting.size()).reduce(1, (a, b) -> a * b);
        Random random = new Random("x".hashCode() + BATCH);
        float[] x = new float[BATCH * CHANNELS * size];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        // A few products a number: single precision leaves 1e-6 of them.
        assertThat(found)
                .containsExactly(definition(x, setting, weights, biases), Offset.offset(2e-6f));
    }

    private static float[] random(int count) {
        Random random = new Random(count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    private static long[] concat(long first, int[] others) {
        long[] all = new long[others.length + 1];
        all[0] = first;
        for (int i = 0; i < others.length; i++) {
            all[i + 1] = others[i];
        }
        return all;
    }

    private static Shape shape(int[] values) {
        return new Shape(Arrays.stream(values).asLongStream().toArray());
    }

    private static NDList deconvolve(NDList x, Setting setting, float[] weights, float[] biases) {
        Shape kernel = new Shape(CHANNELS, FILTERS).addAll(shape(setting.kernel()));
        NDArray weight = x.getManager().create(bytes(weights), kernel);
        NDArray bias = x.getManager().create(biases);
        return x.head()
                .getNDArrayInternal()
                .deconvolution(
                        x.head(),
                        weight,
                        bias,
                        shape(setting.stride()),
                        shape(setting.padding()),
                        shape(setting.outPadding()),
                        shape(setting.dilation()),
                        setting.groups());
    }

    private static FloatBuffer bytes(float[] values) {
        FloatBuffer buffer =
                ByteBuffer.allocateDirect(values.length * Float.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer();
        return buffer.put(values).flip();
    }

    private static float[] definition(float[] x, Setting s, float[] weights, float[] biases) {
        int[] out = s.out();
        int outSize = Arrays.stream(out).reduce(1, (a, b) -> a * b);
        int inSize = Arrays.stream(s.size()).reduce(1, (a, b) -> a * b);
        int taps = Arrays.stream(s.kernel()).reduce(1, (a, b) -> a * b);
        int outChannels = FILTERS * s.groups();
        float[] y = new float[BATCH * outChannels * outSize];
        for (int i = 0; i < y.length; i++) {
            y[i] = biases[i / outSize % outChannels];
        }
        for (int batch = 0; batch < BATCH; batch++) {
            for (int channel = 0; channel < CHANNELS; channel++) {
                int group = channel / (CHANNELS / s.groups());
                for (int place = 0; place < inSize; place++) {
                    for (int filter = 0; filter < FILTERS; filter++) {
                        for (int tap = 0; tap < taps; tap++) {
                            int to = target(s, out, place, tap);
                            if (to >= 0) {
                                int at = batch * outChannels + group * FILTERS + filter;
                                y[at * outSize + to] +=
                                        x[(batch * CHANNELS + channel) * inSize + place]
                                                * weights[
                                                        (channel * FILTERS + filter) * taps + tap];
                            }
                        }
                    }
                }
            }
        }
        return y;
    }

    /** Where a number goes by one place of the kernel; −1 for what the padding cuts off. */
    private static int target(Setting s, int[] out, int place, int tap) {
        int to = 0;
        int unit = 1;
        int restPlace = place;
        int restTap = tap;
        for (int axis = out.length - 1; axis >= 0; axis--) {
            int at =
                    restPlace % s.size()[axis] * s.stride()[axis]
                            + restTap % s.kernel()[axis] * s.dilation()[axis]
                            - s.padding()[axis];
            if (at < 0 || at >= out[axis]) {
                return -1;
            }
            to += at * unit;
            unit *= out[axis];
            restPlace /= s.size()[axis];
            restTap /= s.kernel()[axis];
        }
        return to;
    }
}
