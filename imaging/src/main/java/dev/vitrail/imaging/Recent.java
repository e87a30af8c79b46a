package dev.vitrail.imaging;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was made lately and is likely to be wanted again: the photos of a folder have few sizes and
 * few encoders. Safe for many threads.
 */
final class Recent<K, V> {
    private final Map<K, V> kept;

    /**
     * Keeps nothing yet.
     *
     * @param most how many values to keep: those that were used last
     */
    Recent(int most) {
        kept =
                new LinkedHashMap<>(2 * most, 0.75f, true) {
                    @Override
                    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                        return size() > most;
                    }
                };
    }

    /** The value, null where it is not kept. */
    synchronized V get(K key) {
        return kept.get(key);
    }

    synchronized void put(K key, V value) {
        kept.put(key, value);
    }
}
