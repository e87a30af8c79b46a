/**
 * Parameters by name: safetensors files, read by memory mapping and written whole.
 *
 * <p>{@link dev.vitrail.zoo.weights.SafetensorsFile} opens a file and believes nothing of it before
 * it is checked; {@link dev.vitrail.zoo.weights.Weights} is what it and later formats are to the
 * rest: names, shapes, floats, and how they get into a block. {@link
 * dev.vitrail.zoo.weights.SafetensorsWriter} and {@link dev.vitrail.zoo.weights.AtomicFile} put
 * files on the disk so that a crash leaves the old one.
 *
 * <p>{@link dev.vitrail.zoo.weights.RegriddedWeights} are the weights of another image size.
 *
 * <p><b>May use</b> DJL's API, Jackson's streams, {@code dev.vitrail.zoo.block}, {@code
 * dev.vitrail.zoo.grid}.
 *
 * <p><b>Adding a format.</b> An implementation of {@code Weights}; loading, its checks and its
 * messages come with the interface.
 *
 * <p><b>Decided.</b> A block is filled by replacing its parameters' initializers: DJL tells a
 * parameter's shape only while it initialises, and no random value is drawn to be thrown away.
 * Loaded arrays own their memory, since an optimiser that wrote into mapped pages would end the
 * JVM; {@code mapInto} shares the pages for exports and freezes the parameters. Not chosen: DJL's
 * own reader, which has 32-bit offsets and takes files that overlap, leave holes or name a tensor
 * twice. Pickle files are refused whatever they are called, because reading one is running it.
 */
package dev.vitrail.zoo.weights;
