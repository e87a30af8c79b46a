package dev.vitrail.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ByteBudgetTest {
    private static final long LIMIT = 100;

    /** Counts by itself what images hold, so that the budget's own sum is not what is believed. */
    private static final class Held {
        private final List<Long> bytes = new ArrayList<>();
        private final ConcurrentLinkedQueue<String> broken = new ConcurrentLinkedQueue<>();

        synchronized void add(long taken) {
            bytes.add(taken);
            long sum = bytes.stream().mapToLong(Long::longValue).sum();
            if (sum > LIMIT && bytes.stream().filter(size -> size > 0).count() > 1) {
                broken.add("held " + bytes);
            }
        }

        synchronized void remove(long given) {
            bytes.remove(given);
        }
    }

    /** Among them some that are larger than the whole budget, and some that take nothing. */
    private static long[] sizes(int images, long seed) {
        return new Random(seed)
                .longs(images, 0, 60)
                .map(size -> size > 57 ? 3 * LIMIT : size < 3 ? 0 : size)
                .toArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16})
    void boundsWhatIsHeldAndNeverStops(int threads) throws Exception {
        long[] sizes = sizes(5000, threads);
        ByteBudget budget = new ByteBudget(LIMIT, 0);
        Held held = new Held();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<?>> images = new ArrayList<>();
        for (int i = 0; i < sizes.length; i++) {
            int image = i;
            images.add(
                    pool.submit(
                            () -> {
                                // What fails before its size is known takes nothing.
                                if (sizes[image] > 0) {
                                    budget.take(image, sizes[image]);
                                    held.add(sizes[image]);
                                    Thread.yield();
                                    held.remove(sizes[image]);
                                }
                                budget.release(image);
                                return null;
                            }));
        }
        for (Future<?> image : images) {
            image.get(30, TimeUnit.SECONDS);
        }
        pool.shutdown();
        assertThat(held.broken).isEmpty();
    }

    /** Images that are kept until those before them were classified, as a batch of one is. */
    @Test
    void isNotUsedUpByImagesThatWaitForEarlierOnes() throws Exception {
        long[] sizes = sizes(2000, 7);
        ByteBudget budget = new ByteBudget(LIMIT, 5);
        Held held = new Held();
        ExecutorService pool = Executors.newFixedThreadPool(3);
        List<Future<?>> decoded = new ArrayList<>();
        for (int i = 0; i < sizes.length; i++) {
            int image = i;
            decoded.add(
                    pool.submit(
                            () -> {
                                budget.take(5 + image, sizes[image]);
                                held.add(sizes[image]);
                                return null;
                            }));
        }
        for (int image = 0; image < sizes.length; image++) {
            decoded.get(image).get(30, TimeUnit.SECONDS);
            held.remove(sizes[image]);
            budget.release(5 + image);
        }
        pool.shutdown();
        assertThat(held.broken).isEmpty();
    }

    @Test
    void refusesAnImageThatWasGivenUpAndLetsTheNextOneGoOn() throws Exception {
        ByteBudget budget = new ByteBudget(LIMIT, 0);
        budget.take(0, LIMIT);
        FutureTask<Void> late =
                new FutureTask<>(
                        () -> {
                            budget.take(1, 1);
                            return null;
                        });
        new Thread(late).start();
        budget.release(1);
        assertThatThrownBy(() -> late.get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> budget.take(1, 1)).isInstanceOf(CancellationException.class);
        budget.release(0);
        budget.release(0);
        budget.take(2, LIMIT);
    }
}
