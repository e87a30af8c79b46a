package dev.vitrail.zoo.weights;

import java.io.IOException;
import java.nio.FloatBuffer;

/** Hands on the values of a range and passes over the others. */
public final class RangeSink implements FloatSink {

    private final long begin;
    private final long end;
    private final FloatSink next;
    private long at;

    /**
     * A sink for all of a tensor's values that wants some.
     *
     * @param begin index of the first that is handed on
     * @param end index after the last
     * @param next takes those
     */
    public RangeSink(long begin, long end, FloatSink next) {
        this.begin = begin;
        this.end = end;
        this.next = next;
    }

    @Override
    public void put(FloatBuffer values) throws IOException {
        long first = Math.max(begin, at) - at;
        long last = Math.min(end, at + values.remaining()) - at;
        at += values.remaining();
        if (first < last) {
            FloatBuffer part = values.duplicate();
            part.limit(values.position() + (int) last);
            part.position(values.position() + (int) first);
            next.put(part);
        }
        values.position(values.limit());
    }
}
