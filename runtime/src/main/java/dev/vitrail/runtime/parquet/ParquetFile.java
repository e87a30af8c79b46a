package dev.vitrail.runtime.parquet;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table that is written row by row into a stream.
 *
 * <p>Rows are kept until they take {@value #GROUP_BYTES} bytes and then written as a row group, so
 * memory stays within a few times that. The same rows give the same bytes.
 */
public final class ParquetFile {
    /** A few pages of the usual megabyte for each of some columns. */
    static final long GROUP_BYTES = 8 << 20;

    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
    private static final int FORMAT_VERSION = 1;
    private static final int PLAIN = 0;
    private static final int RLE = 3;
    private static final int UNCOMPRESSED = 0;
    private static final int GZIP = 2;

    private final OutputStream out;
    private final List<ParquetColumn> columns;
    private final List<RowGroup> groups = new ArrayList<>();
    private List<ColumnChunk> chunks;
    private int rows;
    private long position;

    /** A group that was written. */
    private record RowGroup(int rows, List<WrittenChunk> chunks) {}

    /** Where a column of a group is, and how it is stored; sizes include the page's header. */
    private record WrittenChunk(
            ParquetColumn column, int count, int codec, long offset, long size, long plainSize) {}

    /**
     * Begins a file.
     *
     * @param out takes the bytes; not closed
     * @param columns the columns in order, at least one
     * @throws IOException if the stream fails
     */
    public ParquetFile(OutputStream out, List<ParquetColumn> columns) throws IOException {
        this.out = out;
        this.columns = List.copyOf(columns);
        begin();
        write(MAGIC);
    }

    private void begin() {
        chunks = columns.stream().map(ColumnChunk::new).toList();
        rows = 0;
    }

    /**
     * Adds a row.
     *
     * @param values one for each column, of its {@linkplain ParquetColumn.Kind kind}; null where
     *     the column allows it
     * @throws IllegalArgumentException if there are more or fewer, or of another kind
     * @throws IOException if the stream fails
     */
    public void add(List<?> values) throws IOException {
        if (values.size() != columns.size()) {
            throw new IllegalArgumentException(
                    "the row has " + values.size() + " values, must have " + columns.size());
        }
        for (int i = 0; i < values.size(); i++) {
            chunks.get(i).add(values.get(i));
        }
        rows++;
        if (chunks.stream().mapToLong(ColumnChunk::bytes).sum() >= GROUP_BYTES) {
            endGroup();
        }
    }

    private void endGroup() throws IOException {
        if (rows == 0) {
            return;
        }
        List<WrittenChunk> written = new ArrayList<>();
        for (ColumnChunk chunk : chunks) {
            written.add(write(chunk));
        }
        groups.add(new RowGroup(rows, written));
        begin();
    }

    private WrittenChunk write(ColumnChunk chunk) throws IOException {
        byte[] plain = chunk.page();
        byte[] stored = chunk.isCompressed() ? ColumnChunk.gzip(plain) : plain;
        Bytes header = new Bytes();
        // PageHeader: type, sizes, and the header of a data page.
        ThriftStruct.write(
                header,
                page ->
                        page.i32(1, 0)
                                .i32(2, plain.length)
                                .i32(3, stored.length)
                                .struct(
                                        5,
                                        data ->
                                                data.i32(1, chunk.count())
                                                        .i32(2, PLAIN)
                                                        .i32(3, RLE)
                                                        .i32(4, RLE)));
        long offset = position;
        write(header.toByteArray());
        write(stored);
        return new WrittenChunk(
                chunk.column(),
                chunk.count(),
                chunk.isCompressed() ? GZIP : UNCOMPRESSED,
                offset,
                header.size() + (long) stored.length,
                header.size() + (long) plain.length);
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        position += bytes.length;
    }

    /**
     * Writes what is left and the footer, without which the file is none.
     *
     * @throws IOException if the stream fails
     */
    public void finish() throws IOException {
        endGroup();
        Bytes footer = new Bytes();
        ThriftStruct.write(footer, this::fileMetaData);
        int length = footer.size();
        footer.writeInt(length);
        footer.writeBytes(MAGIC);
        write(footer.toByteArray());
    }

    /** {@code FileMetaData}: version, schema, rows, row groups, who wrote it. */
    private void fileMetaData(ThriftStruct file) {
        List<SchemaElement> schema = new ArrayList<>();
        schema.add(SchemaElement.group("schema", SchemaElement.REQUIRED, columns.size(), false));
        columns.forEach(column -> schema.addAll(SchemaElement.of(column)));
        file.i32(1, FORMAT_VERSION)
                .structs(2, schema, (struct, element) -> element.writeTo(struct))
                .i64(3, groups.stream().mapToLong(RowGroup::rows).sum())
                .structs(4, groups, ParquetFile::rowGroup)
                .text(6, "vitrail");
    }

    private static void rowGroup(ThriftStruct struct, RowGroup group) {
        struct.structs(1, group.chunks(), ParquetFile::columnChunk)
                .i64(2, group.chunks().stream().mapToLong(WrittenChunk::plainSize).sum())
                .i64(3, group.rows());
    }

    private static void columnChunk(ThriftStruct struct, WrittenChunk chunk) {
        struct.i64(2, chunk.offset())
                .struct(
                        3,
                        meta ->
                                meta.i32(1, chunk.column().kind().type)
                                        .numbers(2, Arrays.asList(PLAIN, RLE))
                                        .texts(3, SchemaElement.path(chunk.column()))
                                        .i32(4, chunk.codec())
                                        .i64(5, chunk.count())
                                        .i64(6, chunk.plainSize())
                                        .i64(7, chunk.size())
                                        .i64(9, chunk.offset()));
    }
}
