/**
 * Classifies images with ONNX Runtime: one model file in, predictions out.
 *
 * <h2>Use</h2>
 *
 * <pre>{@code
 * try (Classifier classifier = Classifier.open(Path.of("model.onnx"))) {
 *     Prediction prediction = classifier.classify(Path.of("photo.jpg"));
 * }
 * }</pre>
 *
 * <p>A {@link dev.vitrail.runtime.Classifier} is safe for any number of threads and made to be
 * kept, for instance as an application's singleton; closing it waits for running calls. A folder:
 *
 * <pre>{@code
 * ImageFiles files = ImageFiles.find(List.of(Path.of("photos")));
 * try (ResultWriter writer = OutputFormat.JSONL.toFile(Path.of("results.jsonl"), 5, false)) {
 *     Summary summary =
 *             new FolderClassifier(classifier, FolderOptions.defaults(), ProgressListener.NONE)
 *                     .run(files, writer);
 * }
 * }</pre>
 *
 * <p>or row by row, without a file:
 *
 * <pre>{@code
 * FolderClassifier run =
 *         new FolderClassifier(classifier, FolderOptions.defaults(), ProgressListener.NONE);
 * try (Stream<ResultRow> rows = run.rows(files)) {
 *     rows.filter(ResultRow::unsure).forEach(row -> review(row.path()));
 * }
 * }</pre>
 *
 * <p>In a container of beans, one classifier for the application, which the container closes:
 *
 * <pre>{@code
 * @Bean(destroyMethod = "close")
 * Classifier classifier(@Value("${model}") Path model) {
 *     return Classifier.open(model);
 * }
 * }</pre>
 *
 * <p>Requests call {@code classify} from their own threads at the same time. Where there are many
 * at once, a session of fewer threads ({@code SessionConfig.defaults().withIntraOpThreads(1)})
 * leaves each request a processor of its own. A {@code FolderClassifier} is for one run and is made
 * for each.
 *
 * <h2>Parts</h2>
 *
 * <ul>
 *   <li><b>The model file.</b> {@code OnnxFileReader} reads metadata and the places of tensors out
 *       of the protobuf before ONNX Runtime sees the file; {@code ExternalData} holds the rules for
 *       weights in a file of their own, {@code WeightsHash} the hash over all weights. What is left
 *       is a {@link dev.vitrail.runtime.ModelCard}.
 *   <li><b>The session.</b> {@code Session} wraps ONNX Runtime's so that it cannot be closed under
 *       a running call; {@link dev.vitrail.runtime.Provider} is asked for, {@link
 *       dev.vitrail.runtime.ProviderChoice} says what was taken.
 *   <li><b>One image.</b> A model whose graph prepares images is fed their bytes, one image a run;
 *       {@link dev.vitrail.runtime.ModelCard#takesBytes} tells it by the input's type. {@link
 *       dev.vitrail.runtime.Classifier#explain} also takes what {@link
 *       dev.vitrail.runtime.AttentionOutputs} names, and {@link dev.vitrail.runtime.Attention}
 *       makes one map of it.
 *   <li><b>A folder run.</b> {@link dev.vitrail.runtime.ImageFiles} walks folders in a thread of
 *       its own ({@code ImageWalk}), or takes the paths of an {@code ImageList}, read and checked
 *       whole before the first image; threads of a {@code WorkerPool} take what a {@code BatchFeed}
 *       hands out in order, places of a {@code Batch} to decode into and whole batches to take
 *       through the session, and the run's own thread writes their rows in the same order. On a CPU
 *       there are as many of them as processors, so that decoding and runs do not interrupt each
 *       other, and more only where files are slow to read. What bounds memory is the number of
 *       batch buffers, two more than runs at a time, and for decoding a {@code ByteBudget}.
 *   <li><b>Results.</b> A {@link dev.vitrail.runtime.ResultWriter} turns rows into the bytes of one
 *       format, a {@code RowSink} puts them into a file or a stream. A file's rows lie in {@code
 *       NAME.part} until all are there, and {@code NAME.run} says whose they are: resuming is
 *       cutting a torn last row, reading the others back, and going on. A format of which a part is
 *       worth nothing, as Parquet ({@link dev.vitrail.runtime.parquet}), is made of such rows at
 *       the end. What else is made of rows is a writer around another one: {@link
 *       dev.vitrail.runtime.SortingWriter}, {@link dev.vitrail.runtime.ReportWriter} and {@link
 *       dev.vitrail.runtime.EmbeddingsWriter} get the earlier rows of a resumed run as well, the
 *       latter two for a {@code PartFile} of their own.
 * </ul>
 *
 * <h2>Rules</h2>
 *
 * <ul>
 *   <li>Uses ONNX Runtime, Jackson, SLF4J's API and {@code imaging}; never DJL, never protobuf.
 *   <li>What a user can mend is a {@link dev.vitrail.runtime.RuntimeFailure}; an image without an
 *       answer is a {@link dev.vitrail.runtime.Prediction.Failed}; wrong calls are {@link
 *       java.lang.IllegalArgumentException} and {@link java.lang.IllegalStateException}.
 *   <li>A failure of the session is never a row; where memory was short, smaller batches are tried.
 *       ONNX Runtime fails every call once the JVM shuts down, and those would be false errors.
 *   <li>What becomes of one image does not depend on the others: not on their number, their order,
 *       the threads, or on damaged ones among them. A test compares bytes. On the CPU with packed
 *       weights it does not depend on the size of a run either if that is 2 or more, so that {@code
 *       RunSize} may find that out as it goes; with weights as they lie in the file, and on a GPU,
 *       it does in the last bits, so there every run is a full one and its size is part of a {@code
 *       RunIdentity}.
 * </ul>
 *
 * <h2>How to add</h2>
 *
 * <ul>
 *   <li>an output format: a {@link dev.vitrail.runtime.ResultWriter}, how to find its rows again
 *       ({@code RowSyntax}), and a constant in {@link dev.vitrail.runtime.OutputFormat}; {@code
 *       ResultWriterTest} runs over all of them.
 *   <li>a provider: a record in {@link dev.vitrail.runtime.Provider} and its branch in {@code
 *       Session}, with the test of what is said where it is absent.
 * </ul>
 *
 * <h2>Decided</h2>
 *
 * <ul>
 *   <li>The protobuf is read by a hundred lines of our own instead of the protobuf library: the
 *       weights must not be loaded to see the metadata, inference-only users get one jar less, and
 *       ONNX Runtime's Java binding garbles characters beyond 16 bits.
 *   <li>Folders are listed in order while the first images are classified: a folder is read and
 *       sorted whole, its entries are asked one by one what they are. The paths found are kept, in
 *       about 120 bytes each, so that a run can be repeated and a progress bar soon has its total.
 *   <li>Decoders cannot be interrupted, so an image over its time limit costs a thread, which is
 *       replaced. Not chosen: decoding in another process, which costs every image a copy.
 *   <li>For many images a session has one thread, and as many batches as there are processors go
 *       through it at a time; decoding threads number as many again, with spinning off. The queue
 *       between them is short, so the scheduler gives processors to the slower side. Against one
 *       batch on both of 2 busy processors, the session alone did at its best 1.05 (S/16), 1.14
 *       (Ti/16) and 1.28 times (a hybrid of 96 pixels) as many images a second, and from photos to
 *       rows Ti/16 did 1.2 times as many and B/16 as many. Logits were equal to the bit with 1, 2,
 *       3, 4 and 16 threads and batches of 1, 2, 3, 4 and 8, for Ti, S, B and the hybrid, and so
 *       neither number is part of a {@code RunIdentity}. Not chosen: trying both forms out, for
 *       which weights would be packed twice; several sessions, which need several copies of them.
 *   <li>The batch is found by timing the first batches of the run itself. Not chosen: a probe
 *       before it, which costs a second or more, leaves its work unused, and times an idle machine.
 *   <li>Images wait for memory before they are decoded: half of the heap is for pixels, counted
 *       from the headers. Of 200 photos of 12 and 48 megapixels on 16 threads with {@code
 *       -Xmx512m}, 29 had no memory without it, and none with it.
 *   <li>Outputs are not pinned: of a run's answer 4 KB an image are copied, which was not
 *       measurable. Inputs are direct buffers that are used again, also for half precision.
 *   <li>A few images are run with weights mapped from the file, which for B/16 opens 0.5 CPU
 *       seconds sooner than with copies.
 *   <li>A resumed run is known by its model, options and list of names; where it was killed before
 *       its folders were listed, by the names of its rows. Not chosen: also by the files' sizes and
 *       times, which would cost a look at each of a million files.
 *   <li>Rows hold probabilities rounded to 6 decimals, for what single precision knows.
 * </ul>
 */
package dev.vitrail.runtime;
