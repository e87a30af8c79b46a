package dev.vitrail.converter.trace;

/**
 * The memory that an engine would give to an array and to all views of it. An in-place operation
 * changes every view at once, which a graph cannot say. So the memory counts its changes, and a
 * view that has not seen the last one may no longer be read.
 */
final class Storage {
    private final boolean writable;
    private int changes;

    /**
     * @param writable whether the forward pass itself made this memory; inputs and parameters
     *     belong to others and are never changed
     */
    Storage(boolean writable) {
        this.writable = writable;
    }

    boolean isWritable() {
        return writable;
    }

    int changes() {
        return changes;
    }

    int change() {
        return ++changes;
    }
}
