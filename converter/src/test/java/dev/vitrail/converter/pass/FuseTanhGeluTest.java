package dev.vitrail.converter.pass;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FuseTanhGeluTest extends PassTest {
    private static final String INPUTS =
            """
            graph g opset 20
            input x: float[batch,5,4]
            weight c: float[] = {1.5957692}
            weight d: float[] = {0.07135481}
            """;

    private static final String TRACED =
            """
            square: float[batch,5,4] = Mul(x, x)
            cubic: float[batch,5,4] = Mul(square, d)
            sum: float[batch,5,4] = Add(cubic, c)
            inner: float[batch,5,4] = Mul(x, sum)
            gate: float[batch,5,4] = Sigmoid(inner)
            y: float[batch,5,4] = Mul(x, gate) @mlp/Mul "why"
            output y
            """;

    FuseTanhGeluTest() {
        super(new FuseTanhGelu());
    }

    @Test
    void fusesWhatNetworksTraceAs() {
        becomes(
                INPUTS + TRACED,
                """
                graph g opset 20
                input x: float[batch,5,4]
                y: float[batch,5,4] = Gelu(x) {approximate = "tanh"} @mlp/Gelu "why"
                output y
                """);
    }

    @Test
    void fusesWithEveryProductTheOtherWayRound() {
        becomes(
                INPUTS
                        + """
                        square: float[batch,5,4] = Mul(x, x)
                        cubic: float[batch,5,4] = Mul(d, square)
                        sum: float[batch,5,4] = Add(c, cubic)
                        inner: float[batch,5,4] = Mul(sum, x)
                        gate: float[batch,5,4] = Sigmoid(inner)
                        y: float[batch,5,4] = Mul(gate, x)
                        output y
                        """,
                """
                graph g opset 20
                input x: float[batch,5,4]
                y: float[batch,5,4] = Gelu(x) {approximate = "tanh"}
                output y
                """);
    }

    @Test
    void leavesOlderOpsetsAlone() {
        leavesAlone((INPUTS + TRACED).replace("opset 20", "opset 19"));
    }

    /** Among them the gate of quick GELU's number and a constant that is off by 0.01 %. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{1.5957692} > {1.702}",
                "{0.07135481} > {0.07136}",
                "Mul(square, d) > Mul(square, c)",
                "Mul(x, x) > Mul(x, x2)",
                "Mul(x, gate) > Mul(x2, gate)",
                "Mul(x, sum) > Mul(x2, sum)",
                "Sigmoid(inner) > Tanh(inner)",
            })
    void leavesOtherFunctionsAlone(String change) {
        String[] sides = change.split(" > ");
        String inputs = INPUTS.replace("weight c", "input x2: float[batch,5,4]\nweight c");
        leavesAlone((inputs + TRACED).replace(sides[0], sides[1]));
    }

    @Test
    void leavesAloneWhatSomebodyElseReads() {
        leavesAlone(INPUTS + TRACED + "output gate\n");
        leavesAlone(INPUTS + TRACED + "output square\n");
    }
}
