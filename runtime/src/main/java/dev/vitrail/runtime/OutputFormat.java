package dev.vitrail.runtime;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Locale;

/** The formats of a result; a further one is a {@link ResultWriter} and a constant here. */
public enum OutputFormat {
    /**
     * JSON lines: one object a row, {@code {"path": …, "predictions": [{"label", "index",
     * "probability"}, …]}} or {@code {"path": …, "error": {"code", "message"}}}, UTF-8.
     * Probabilities have at most 6 decimals; a run of {@link RowScores#LOGITS} has {@code "logit"}
     * in their place, here and in the columns of the other formats. A run with a threshold adds
     * {@code "unsure"}, true or false, to every row with predictions.
     */
    JSONL {
        @Override
        ResultWriter writer(RowSink sink, int topK) {
            return new JsonlWriter(sink);
        }
    },
    /**
     * Comma-separated values by RFC 4180, UTF-8, with a header: {@code path}, {@code
     * label_1,index_1,probability_1} and so on for each of the top-k, {@code error_code}, {@code
     * error_message}, and for a run with a threshold {@code unsure}, which is {@code true}, {@code
     * false}, or empty beside an error. Fields are quoted where they must be and otherwise left as
     * they are: a path that begins with {@code =} is not altered, so do not open results of
     * strangers' names in a program that runs formulas.
     */
    CSV {
        @Override
        ResultWriter writer(RowSink sink, int topK) {
            return new CsvWriter(sink, topK);
        }
    },
    /**
     * Apache Parquet: the columns of {@link #CSV}, each of its type ({@code path}, {@code label_1},
     * {@code error_code} and the like are strings, {@code index_1} a 32-bit integer, {@code
     * probability_1} a double, {@code unsure} a boolean), with null where there is no value, which
     * {@code path} never is.
     *
     * <p>A part of a Parquet file cannot be read, so {@code NAME.part} holds JSON lines until the
     * run is finished, and what goes into a stream comes in groups of some ten thousand rows.
     */
    PARQUET {
        @Override
        ResultWriter writer(RowSink sink, int topK) {
            return new ParquetStream(sink, topK);
        }

        @Override
        ResultWriter fileWriter(FileSink sink, int topK) {
            return new ParquetWriter(sink, topK);
        }

        @Override
        boolean rowsAreResult() {
            return false;
        }
    };

    abstract ResultWriter writer(RowSink sink, int topK);

    ResultWriter fileWriter(FileSink sink, int topK) {
        return writer(sink, topK);
    }

    /** Whether {@code NAME.part} holds the result's own bytes. */
    boolean rowsAreResult() {
        return true;
    }

    /**
     * The format that a file's name asks for.
     *
     * @param file a name that ends in {@code .jsonl}, {@code .ndjson}, {@code .csv} or {@code
     *     .parquet}, in any case
     * @return the format
     * @throws RuntimeFailure if the name ends otherwise
     */
    public static OutputFormat of(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
            return JSONL;
        }
        if (name.endsWith(".csv")) {
            return CSV;
        }
        if (name.endsWith(".parquet")) {
            return PARQUET;
        }
        throw new RuntimeFailure(file + ": must end in .jsonl, .csv or .parquet");
    }

    /**
     * Writes into a file. Until the run is finished the rows are in a file of the same name with
     * {@code .part} added, which only one run at a time can hold; what a stopped run has written
     * stays there, to be {@linkplain #resumeFile resumed}.
     *
     * @param target the result's final name
     * @param topK how many classes a row has at most
     * @param overwrite whether a result or a {@code .part} of that name may be replaced
     * @return the writer, to be closed
     * @throws RuntimeFailure if the file cannot be written, exists, or is held by another run
     */
    public ResultWriter toFile(Path target, int topK, boolean overwrite) {
        Classifier.requireTopK(topK);
        return fileWriter(FileSink.open(target, overwrite), topK);
    }

    /**
     * Goes on with the file of a run that was stopped or killed, or begins one where there is none.
     * A torn last row is cut; what follows makes the file the same, to the byte, as one written
     * without a stop. The rows there must be of the same model, options and images.
     *
     * @param target the result's final name
     * @param topK how many classes a row has at most
     * @return the writer, to be closed
     * @throws RuntimeFailure if the file cannot be written, is finished, or is held by another run
     */
    public ResultWriter resumeFile(Path target, int topK) {
        Classifier.requireTopK(topK);
        return fileWriter(FileSink.resume(target, rowsAreResult()), topK);
    }

    /**
     * Writes into a stream, such as standard output. Finishing flushes it; it is never closed.
     *
     * @param stream takes the bytes; must report failures, which a {@link java.io.PrintStream} does
     *     not
     * @param name what messages call the stream
     * @param topK how many classes a row has at most
     * @return the writer, to be closed
     */
    public ResultWriter toStream(OutputStream stream, String name, int topK) {
        Classifier.requireTopK(topK);
        return writer(new StreamSink(stream, name), topK);
    }
}
