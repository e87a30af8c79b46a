package dev.vitrail.zoo.weights;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands in front of the values of a {@code .npy} array (NumPy's NEP 1, versions 1.0 to 3.0).
 *
 * @param type of the elements
 * @param order of the bytes of an element
 * @param fortranOrder whether the first axis is the fastest
 * @param shape sizes of the axes, none for a scalar
 * @param bytes of the header, magic and all
 * @param dataBytes of all elements
 */
record NpyHeader(
        ElementType type,
        ByteOrder order,
        boolean fortranOrder,
        Shape shape,
        int bytes,
        long dataBytes) {

    static final String MAGIC = "\u0093NUMPY";

    /** What version 1 can say; NumPy itself reads 10,000. */
    private static final int MAXIMUM_HEADER = 0xFFFF;

    private static final int PREAMBLE = 8;
    private static final Pattern TYPE = Pattern.compile("([<>|])([a-zA-Z])(\\d{1,4})");
    private static final String READABLE =
            "f2, f4, f8 and bfloat16 (V2) as weights, and integers, booleans and c8 beside them";

    /**
     * Reads and checks a header.
     *
     * @param input at the start of the array; behind its header afterwards
     * @param refusal makes an exception of a problem
     */
    static NpyHeader read(InputStream input, Function<String, WeightsException> refusal)
            throws IOException {
        byte[] preamble = input.readNBytes(PREAMBLE);
        if (preamble.length < PREAMBLE
                || !new String(preamble, 0, 6, StandardCharsets.ISO_8859_1).equals(MAGIC)) {
            throw refusal.apply("does not begin like an npy array");
        }
        int version = preamble[6];
        if (version < 1 || version > 3 || preamble[7] != 0) {
            throw refusal.apply(
                    String.format(
                            "is of npy version %d.%d, must be 1.0, 2.0 or 3.0",
                            preamble[6] & 0xFF, preamble[7] & 0xFF));
        }
        int lengthBytes = version == 1 ? Short.BYTES : Integer.BYTES;
        ByteBuffer length =
                ByteBuffer.wrap(input.readNBytes(lengthBytes)).order(ByteOrder.LITTLE_ENDIAN);
        if (length.remaining() < lengthBytes) {
            throw refusal.apply("ends within its header");
        }
        long count = version == 1 ? length.getShort() & 0xFFFF : length.getInt() & 0xFFFFFFFFL;
        if (count > MAXIMUM_HEADER) {
            throw refusal.apply(
                    String.format(
                            "announces a header of %d bytes, must be at most %d",
                            count, MAXIMUM_HEADER));
        }
        byte[] text = input.readNBytes((int) count);
        if (text.length < count) {
            throw refusal.apply("ends within its header");
        }
        Charset charset = version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
        NpyLiteral literal;
        try {
            String decoded = charset.newDecoder().decode(ByteBuffer.wrap(text)).toString();
            literal = NpyLiteral.parse(decoded, refusal);
        } catch (CharacterCodingException e) {
            throw refusal.apply("has a header that is not UTF-8");
        }
        return of(literal, PREAMBLE + lengthBytes + (int) count, refusal);
    }

    private static NpyHeader of(
            NpyLiteral literal, int bytes, Function<String, WeightsException> refusal) {
        if (literal.descr().matches("[<>|]?O\\d*")) {
            throw refusal.apply(
                    "is an array of Python objects, a pickle, which is a program and not read"
                            + " here; save it as an array of floats");
        }
        Matcher descr = TYPE.matcher(literal.descr());
        ElementType type =
                (descr.matches() ? type(descr) : Optional.<ElementType>empty())
                        .orElseThrow(
                                () ->
                                        refusal.apply(
                                                "has elements of type "
                                                        + Quoted.of(literal.descr())
                                                        + "; read are "
                                                        + READABLE));
        ByteOrder order =
                descr.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        Shape shape = new Shape(literal.shape());
        long dataBytes = type.bits() / Byte.SIZE;
        try {
            for (long size : literal.shape()) {
                dataBytes = Math.multiplyExact(dataBytes, size);
            }
        } catch (ArithmeticException e) {
            throw refusal.apply(
                    "is " + type + " of " + shape + ", more bytes than a file can have");
        }
        return new NpyHeader(type, order, literal.fortranOrder(), shape, bytes, dataBytes);
    }

    /** An order must be given where there is one, as NumPy does. */
    private static Optional<ElementType> type(Matcher descr) {
        boolean ordered = !descr.group(1).equals("|");
        Optional<ElementType> type =
                switch (descr.group(2) + descr.group(3)) {
                    case "f8" -> Optional.of(ElementType.F64);
                    case "f4" -> Optional.of(ElementType.F32);
                    case "f2" -> Optional.of(ElementType.F16);
                    case "i8" -> Optional.of(ElementType.I64);
                    case "i4" -> Optional.of(ElementType.I32);
                    case "i2" -> Optional.of(ElementType.I16);
                    case "u8" -> Optional.of(ElementType.U64);
                    case "u4" -> Optional.of(ElementType.U32);
                    case "u2" -> Optional.of(ElementType.U16);
                    case "c8" -> Optional.of(ElementType.C64);
                    default -> Optional.empty();
                };
        if (type.isPresent()) {
            return type.filter(known -> ordered);
        }
        return switch (descr.group(2) + descr.group(3)) {
            case "i1" -> Optional.of(ElementType.I8);
            case "u1" -> Optional.of(ElementType.U8);
            case "b1" -> Optional.of(ElementType.BOOL);
            // NumPy has no bfloat16: JAX's is written as two bytes without a meaning.
            case "V2" -> Optional.of(ElementType.BF16).filter(raw -> !descr.group(1).equals(">"));
            default -> Optional.empty();
        };
    }
}
