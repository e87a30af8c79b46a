package dev.vitrail.runtime.parquet;

import com.jerolba.carpet.CarpetReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Tables as Apache's reader finds them. */
public final class ParquetRows {
    private ParquetRows() {}

    /** Rows by the names of their columns, in the order of the file. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    public static List<Map<String, Object>> read(Path file) throws IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        try (var found = new CarpetReader<Map>(file.toFile(), Map.class).iterator()) {
            found.forEachRemaining(rows::add);
        }
        return rows;
    }
}
