/**
 * Parameters by name: files of weights, ours and other people's, read without trust and written
 * whole.
 *
 * <p>{@link dev.vitrail.zoo.weights.WeightsFile} is the front door: a file or a folder, told by its
 * content. Behind it are {@link dev.vitrail.zoo.weights.SafetensorsFile}, {@link
 * dev.vitrail.zoo.weights.ShardedSafetensors} and {@link dev.vitrail.zoo.weights.NpzFile}; each
 * believes nothing of a file before it is checked. {@link dev.vitrail.zoo.weights.Weights} is what
 * they are to the rest: names, shapes, floats, and how they get into a block. {@link
 * dev.vitrail.zoo.weights.SafetensorsWriter} and {@link dev.vitrail.zoo.weights.AtomicFile} put
 * files on the disk so that a crash leaves the old one; what is written may be a {@link
 * dev.vitrail.zoo.weights.StreamedTensor}, made while it is written.
 *
 * <p>{@link dev.vitrail.zoo.weights.RegriddedWeights} are the weights of another image size.
 *
 * <p><b>May use</b> DJL's API, Jackson's streams, {@code dev.vitrail.zoo.block}, {@code
 * dev.vitrail.zoo.grid}.
 *
 * <p><b>Adding a format.</b> An implementation of {@code Weights} and its branch in {@code
 * WeightsFile}; loading, its checks and its messages come with the interface. A format that is only
 * to be refused with advice is a constant of {@code ForeignFormat}. Both get their rows in the
 * tables of the tests, and a reader its mutants.
 *
 * <p><b>Decided.</b> A block is filled by replacing its parameters' initializers: DJL tells a
 * parameter's shape only while it initialises, and no random value is drawn to be thrown away.
 * Loaded arrays own their memory, since an optimiser that wrote into mapped pages would end the
 * JVM; {@code mapInto} shares the pages for exports and freezes the parameters. Not chosen: DJL's
 * own readers, which have 32-bit offsets, take files that overlap, leave holes or name a tensor
 * twice, and read no Fortran order.
 *
 * <p>Zip archives are read by {@code ZipDirectory}, a few hundred lines of our own, because two
 * readers must not see two different archives. Of ten archives made to mislead, {@code
 * java.util.zip.ZipFile} (JDK 17) and Commons Compress 1.27 take eight without a word: a wrong
 * checksum, a header in front of the data with another name, size or method, two entries on the
 * same bytes, a name twice, bytes in front of the archive, and more data than the directory says.
 * What is inflated is still the JDK's {@code Inflater}. Of numbers in npy headers nothing is
 * evaluated: {@code NpyLiteral} knows the few literals that NumPy writes.
 *
 * <p>Pickle files are refused whatever they are called, because reading one is running it. There is
 * no restricted mode to fall back from.
 */
package dev.vitrail.zoo.weights;
