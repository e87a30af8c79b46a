package dev.vitrail.converter.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Element type and shape of a tensor, for example {@code float[batch,197,768]}.
 *
 * @param elementType what the elements are
 * @param dims the extents, outermost first; empty for a scalar
 */
public record TensorType(ElementType elementType, List<Dim> dims) {

    /** Of a value about which a foreign file says nothing; never part of a graph that we write. */
    public static final TensorType UNKNOWN = new TensorType(ElementType.UNDEFINED, List.of());

    /**
     * Copies what can change.
     *
     * @param elementType as the component
     * @param dims as the component
     */
    public TensorType {
        dims = List.copyOf(dims);
    }

    /**
     * A type with every extent known.
     *
     * @param elementType what the elements are
     * @param sizes the extents; none for a scalar
     * @return the type
     */
    public static TensorType of(ElementType elementType, long... sizes) {
        List<Dim> dims = new ArrayList<>(sizes.length);
        for (long size : sizes) {
            dims.add(new Dim.Fixed(size));
        }
        return new TensorType(elementType, dims);
    }

    /**
     * The number of dimensions.
     *
     * @return 0 for a scalar
     */
    public int rank() {
        return dims.size();
    }

    /**
     * One dimension.
     *
     * @param axis its place; negative counts from the end
     * @return the dimension
     */
    public Dim dim(int axis) {
        return dims.get(axis < 0 ? axis + dims.size() : axis);
    }

    /**
     * Whether every extent is a number.
     *
     * @return true if so, as for every weight
     */
    public boolean isFixed() {
        return dims.stream().allMatch(Dim::isFixed);
    }

    /**
     * The extents as numbers.
     *
     * @return one number a dimension
     * @throws IllegalStateException if one of them is not fixed
     */
    public long[] sizes() {
        long[] sizes = new long[dims.size()];
        for (int i = 0; i < sizes.length; i++) {
            if (!(dims.get(i) instanceof Dim.Fixed fixed)) {
                throw new IllegalStateException("the shape of " + text() + " is not fixed");
            }
            sizes[i] = fixed.size();
        }
        return sizes;
    }

    /**
     * The number of elements.
     *
     * @return the product of the extents, 1 for a scalar
     * @throws IllegalStateException if one of them is not fixed
     * @throws ArithmeticException if the product does not fit 64 bits
     */
    public long elementCount() {
        long count = 1;
        for (long size : sizes()) {
            count = Math.multiplyExact(count, size);
        }
        return count;
    }

    /**
     * The size of a tensor of this type.
     *
     * @return bytes
     * @throws IllegalStateException if the shape is not fixed
     * @throws ArithmeticException if the size does not fit 64 bits
     */
    public long byteSize() {
        return Math.multiplyExact(elementCount(), elementType.byteSize());
    }

    /**
     * The same shape with other elements.
     *
     * @param other the other element type
     * @return the type
     */
    public TensorType withElementType(ElementType other) {
        return new TensorType(other, dims);
    }

    /**
     * Whether this and another type surely have the same extents whenever the model runs.
     *
     * @param other the other type
     * @return true if rank and every dimension agree, none of them unknown
     */
    public boolean sameShape(TensorType other) {
        if (elementType == ElementType.UNDEFINED || other.elementType == ElementType.UNDEFINED) {
            return false;
        }
        if (rank() != other.rank()) {
            return false;
        }
        for (int i = 0; i < rank(); i++) {
            if (!dims.get(i).surelyEquals(other.dims.get(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * The type as text.
     *
     * @return for example {@code float[batch,197,768]}, {@code int64[]} for a scalar
     */
    public String text() {
        return elementType.text()
                + dims.stream().map(Dim::text).collect(Collectors.joining(",", "[", "]"));
    }
}
