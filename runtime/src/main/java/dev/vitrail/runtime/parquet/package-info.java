/**
 * Writes Apache Parquet files, and nothing else of that format.
 *
 * <h2>What it is</h2>
 *
 * <p>A {@link dev.vitrail.runtime.parquet.ParquetFile} takes rows and writes them from front to
 * back, a row group at a time, so that memory does not grow with the rows and a pipe will do. Flat
 * columns and lists of floats; values plain, strings and numbers of columns that repeat themselves
 * gzipped, by the format's specification ({@code parquet.thrift} and {@code Encodings.md} of
 * apache/parquet-format 2.x, data pages of version 1).
 *
 * <h2>Decided</h2>
 *
 * <ul>
 *   <li>Own code instead of a library. The one writer on Maven Central, parquet-hadoop, comes with
 *       19 jars of 29 MB by way of carpet-record 0.4.0, Hadoop's classes among them, and with 12 of
 *       18 MB by way of parquet-floor 1.53, which puts copies of Hadoop's classes in their place;
 *       hardwood reads only, and needs Java 21; DuckDB's driver is native, one jar of 81 MB in
 *       1.4.0.0. Who only runs models downloads ONNX Runtime and little else, and what results need
 *       of the format is these few hundred lines. Tests read the files back with parquet-hadoop.
 *   <li>No dictionaries, no statistics: gzip finds repeated labels as well, and rows of a run are
 *       in the order of their paths, by which nobody filters.
 *   <li>Gzip, which the JDK has and all readers know. Not snappy, whose writers are native.
 * </ul>
 *
 * <h2>Rules</h2>
 *
 * <p>Uses the JDK alone, and knows nothing of images or models.
 */
package dev.vitrail.runtime.parquet;
