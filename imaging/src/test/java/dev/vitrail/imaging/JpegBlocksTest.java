package dev.vitrail.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Scans of one component, bit by bit, that no encoder writes. */
class JpegBlocksTest {
    private static final int UNITS = 4000;
    private static final int OF_BLOCK = 4;

    /** Values of three bits take five with their code: 1.74 coefficients of a byte. */
    @Test
    void makesRoomForMoreCoefficientsThanUsual() throws OddJpegException {
        byte[] data = data(3);
        JpegComponent component = component(3);
        JpegBlocks blocks = new JpegBlocks(List.of(component), UNITS, data.length);
        blocks.read(bits(data), UNITS);

        for (int number : new int[] {0, UNITS / 2, UNITS - 1}) {
            int[] block = new int[64];
            assertThat(blocks.load(number, false, factors(), block)).isEqualTo(OF_BLOCK);
            int[] expected = new int[64];
            for (int k = 1; k <= OF_BLOCK; k++) {
                expected[InverseDct.ZIGZAG[k]] = 7 * (k + 1);
            }
            assertThat(block).containsExactly(expected);
        }
    }

    /** Of one bit three: 2.42 of a byte. */
    @Test
    void refusesMoreCoefficientsThanPhotosHave() throws OddJpegException {
        byte[] data = data(1);
        JpegBlocks blocks = new JpegBlocks(List.of(component(1)), UNITS, data.length);

        assertThatThrownBy(() -> blocks.read(bits(data), UNITS))
                .isInstanceOf(OddJpegException.class);
    }

    @Test
    void refusesCoefficientsBeyondTheirBlock() throws OddJpegException {
        HuffmanTable table = table(new byte[] {(byte) 0xF1});

        assertThatThrownBy(() -> bits(new byte[64]).readBlock(table, new int[65], 0))
                .isInstanceOf(OddJpegException.class);
    }

    /** The symbols have codes of two bits, in their order; a difference of none has one of one. */
    private static JpegComponent component(int bits) throws OddJpegException {
        JpegComponent component = new JpegComponent(1, 1, 1, 0);
        component.dcTable = table(new byte[] {0});
        component.acTable = table(new byte[] {(byte) bits, 0});
        return component;
    }

    private static HuffmanTable table(byte[] symbols) throws OddJpegException {
        byte[] definition = new byte[HuffmanTable.LENGTHS + symbols.length];
        definition[symbols.length - 1] = (byte) symbols.length;
        System.arraycopy(symbols, 0, definition, HuffmanTable.LENGTHS, symbols.length);
        return HuffmanTable.of(definition);
    }

    /** Blocks of the largest values of so many bits. */
    private static byte[] data(int bits) {
        StringBuilder digits = new StringBuilder();
        for (int unit = 0; unit < UNITS; unit++) {
            digits.append('0').append(("00" + "1".repeat(bits)).repeat(OF_BLOCK)).append("01");
        }
        digits.append("1".repeat(7));
        byte[] data = new byte[digits.length() / 8];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) Integer.parseInt(digits.substring(8 * i, 8 * i + 8), 2);
        }
        return data;
    }

    private static JpegBits bits(byte[] data) {
        JpegBits bits = new JpegBits(data);
        bits.open(0);
        return bits;
    }

    private static int[] factors() {
        int[] factors = new int[64];
        Arrays.setAll(factors, k -> k + 1);
        return factors;
    }
}
