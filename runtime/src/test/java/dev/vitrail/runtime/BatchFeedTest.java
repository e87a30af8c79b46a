package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrail.runtime.BatchFeed.Place;
import dev.vitrail.runtime.BatchFeed.Run;
import dev.vitrail.runtime.BatchFeed.Task;
import dev.vitrail.runtime.Prediction.Failed;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How places and batches are handed out, also while folders are still being listed. */
@Timeout(60)
class BatchFeedTest {
    private static final Failed FAILURE = new Failed(FailureCode.CORRUPT_IMAGE, "damaged");

    private final BatchFeed feed =
            new BatchFeed(3, 1, List.of(FloatBuffer.allocate(3), FloatBuffer.allocate(3)), 2, 9);

    private FutureTask<Place> taken() {
        FutureTask<Place> task = new FutureTask<>(() -> place(feed));
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    private void decide(Place place) {
        decide(feed, place);
    }

    private static void decide(BatchFeed feed, Place place) {
        place.batch().fail(place.place(), FAILURE);
        feed.decoded();
    }

    private static Place place(BatchFeed feed) throws InterruptedException {
        return (Place) feed.take();
    }

    @Test
    void waitsForFullBatchesUntilAllImagesAreKnown() throws Exception {
        FutureTask<Place> first = taken();
        feed.grow(2, false);
        // Not a proof, but a feed that hands out a batch of two is seen here.
        assertThat(first.isDone()).isFalse();
        feed.grow(4, false);
        assertThat(first.get().image()).isZero();
        Place second = place(feed);
        assertThat(second.image()).isEqualTo(1);
        Place third = place(feed);
        assertThat(third.image()).isEqualTo(2);
        FutureTask<Place> last = taken();
        feed.grow(4, true);
        Place place = last.get();
        assertThat(place.image()).isEqualTo(3);
        assertThat(place.batch().size()).isEqualTo(1);
        List.of(first.get(), second, third, place).forEach(this::decide);
        assertThat(feed.take()).isEqualTo(new Run(second.batch()));
        assertThat(feed.take()).isEqualTo(new Run(place.batch()));
        assertThat(feed.take()).isNull();
    }

    @Test
    void runsBatchesBeforeItDecodesMoreAndGivesThemInOrder() throws Exception {
        feed.grow(7, true);
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            places.add(place(feed));
        }
        FutureTask<Batch> first = new FutureTask<>(feed::next);
        new Thread(first).start();
        List.of(4, 3, 5).forEach(i -> decide(places.get(i)));
        FutureTask<Task> run = new FutureTask<>(feed::take);
        new Thread(run).start();
        // Not a proof, but a feed that runs the second batch before the first is seen here.
        assertThat(run.isDone()).isFalse();
        List.of(0, 1, 2).forEach(i -> decide(places.get(i)));
        assertThat(run.get()).isEqualTo(new Run(places.get(0).batch()));
        Batch second = places.get(3).batch();
        assertThat(feed.take()).isEqualTo(new Run(second));
        feed.ran(second);
        Place last = place(feed);
        assertThat(last.image()).isEqualTo(6);
        assertThat(first.isDone()).isFalse();
        feed.ran(places.get(0).batch());
        assertThat(first.get()).isSameAs(places.get(0).batch());
        assertThat(feed.next()).isSameAs(second);
        // Which waits for the last image, and for its batch to be run.
        FutureTask<Task> lastRun = new FutureTask<>(feed::take);
        new Thread(lastRun).start();
        decide(last);
        assertThat(lastRun.get()).isEqualTo(new Run(last.batch()));
        assertThat(feed.take()).isNull();
        feed.ran(last.batch());
        assertThat(feed.next()).isSameAs(last.batch());
        assertThat(feed.next()).isNull();
    }

    @Test
    void hasNoMoreRunsAndDecodersThanItMay() throws Exception {
        List<FloatBuffer> buffers =
                Stream.generate(() -> FloatBuffer.allocate(1)).limit(5).toList();
        BatchFeed narrow = new BatchFeed(1, 1, buffers, 1, 2);
        narrow.grow(9, true);
        Place first = place(narrow);
        Place second = place(narrow);
        FutureTask<Task> third = new FutureTask<>(narrow::take);
        new Thread(third).start();
        decide(narrow, first);
        // A run, because it goes first; and no second one beside it.
        assertThat(third.get()).isEqualTo(new Run(first.batch()));
        decide(narrow, second);
        Place later = place(narrow);
        assertThat(later.image()).isEqualTo(2);
        Place latest = place(narrow);
        assertThat(latest.image()).isEqualTo(3);
        narrow.ran(first.batch());
        // No run before its rows are written, which is when the next batch is asked for.
        decide(narrow, later);
        assertThat(place(narrow).image()).isEqualTo(4);
        assertThat(narrow.next()).isSameAs(first.batch());
        decide(narrow, latest);
        assertThat(place(narrow).image()).isEqualTo(5);
        FutureTask<Task> fourth = new FutureTask<>(narrow::take);
        new Thread(fourth).start();
        new Thread(new FutureTask<>(narrow::next)).start();
        assertThat(fourth.get()).isEqualTo(new Run(second.batch()));
    }

    @Test
    void waitsForRunsAfterAStop() throws Exception {
        feed.grow(6, true);
        for (int i = 0; i < 3; i++) {
            decide(place(feed));
        }
        Batch running = ((Run) feed.take()).batch();
        Place left = place(feed);
        feed.stop();
        FutureTask<Batch> next = new FutureTask<>(feed::next);
        new Thread(next).start();
        assertThat(next.isDone()).isFalse();
        feed.ran(running);
        assertThat(next.get()).isSameAs(running);
        assertThat(feed.next()).isNull();
        assertThat(feed.take()).isNull();
        decide(left);
    }

    @Test
    void endsWhereNoImageIsFoundAndWhereItIsStopped() throws Exception {
        FutureTask<Place> waiting = taken();
        feed.grow(0, true);
        assertThat(waiting.get()).isNull();
        assertThat(feed.next()).isNull();

        BatchFeed stopped = new BatchFeed(3, 1, List.of(FloatBuffer.allocate(3)), 1, 9);
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
        BatchFeed huge = new BatchFeed(tooMany, 1, List.of(FloatBuffer.allocate(3)), 1, 9);
        huge.grow(tooMany, true);
        assertThatThrownBy(huge::take).isInstanceOf(OutOfMemoryError.class);
        // A lost buffer would be waited for.
        assertThatThrownBy(huge::take).isInstanceOf(OutOfMemoryError.class);
        huge.skip(tooMany - 3);
        assertThat(place(huge).image()).isEqualTo(tooMany - 3);
        assertThat(place(huge).image()).isEqualTo(tooMany - 2);
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
