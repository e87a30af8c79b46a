package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.runtime.BatchFeed.Place;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How places are handed out while folders are still being listed. */
@Timeout(60)
class BatchFeedTest {
    private final BatchFeed feed =
            new BatchFeed(3, 1, List.of(FloatBuffer.allocate(3), FloatBuffer.allocate(3)));

    private FutureTask<Place> taken() {
        FutureTask<Place> task = new FutureTask<>(feed::take);
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    @Test
    void waitsForFullBatchesUntilAllImagesAreKnown() throws Exception {
        FutureTask<Place> first = taken();
        feed.grow(2, false);
        // Not a proof, but a feed that hands out a batch of two is seen here.
        assertThat(first.isDone()).isFalse();
        feed.grow(4, false);
        assertThat(first.get().image()).isZero();
        assertThat(feed.take().image()).isEqualTo(1);
        assertThat(feed.take().image()).isEqualTo(2);
        FutureTask<Place> last = taken();
        feed.grow(4, true);
        Place place = last.get();
        assertThat(place.image()).isEqualTo(3);
        assertThat(place.batch().size()).isEqualTo(1);
        assertThat(feed.take()).isNull();
    }

    @Test
    void endsWhereNoImageIsFoundAndWhereItIsStopped() throws Exception {
        FutureTask<Place> waiting = taken();
        feed.grow(0, true);
        assertThat(waiting.get()).isNull();
        assertThat(feed.next()).isNull();

        BatchFeed stopped = new BatchFeed(3, 1, List.of(FloatBuffer.allocate(3)));
        FutureTask<Batch> next = new FutureTask<>(stopped::next);
        new Thread(next).start();
        stopped.grow(1, false);
        stopped.stop();
        assertThat(next.get(30, TimeUnit.SECONDS)).isNull();
    }

    @Test
    void losesNeitherBufferNorImageWhereMemoryIsShort() throws Exception {
        // No Java can make the arrays of a batch of this size, so taking a place lacks memory.
        int tooMany = Integer.MAX_VALUE;
        BatchFeed huge = new BatchFeed(tooMany, 1, List.of(FloatBuffer.allocate(3)));
        huge.grow(tooMany, true);
        assertThatThrownBy(huge::take).isInstanceOf(OutOfMemoryError.class);
        // A lost buffer would be waited for.
        assertThatThrownBy(huge::take).isInstanceOf(OutOfMemoryError.class);
        huge.skip(tooMany - 3);
        assertThat(huge.take().image()).isEqualTo(tooMany - 3);
        assertThat(huge.take().image()).isEqualTo(tooMany - 2);
    }

    @Test
    void endsTheRunThatDecodersCannotGoOnWith() throws Exception {
        feed.grow(4, true);
        feed.take();
        feed.fail(new RuntimeFailure("no memory"));
        assertThat(feed.take()).isNull();
        assertThatThrownBy(feed::next).isInstanceOf(RuntimeFailure.class).hasMessage("no memory");
    }
}
