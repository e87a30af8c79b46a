/**
 * What a model is: one JSON file, read strictly into records.
 *
 * <p>{@link dev.vitrail.zoo.config.ConfigReader} turns text into a tree that knows line and column
 * of each part, walks it with {@code Section}, which collects problems instead of throwing, and
 * builds {@link dev.vitrail.zoo.config.ModelConfig} when there are none. {@link
 * dev.vitrail.zoo.config.Architecture} is the network, made with {@link
 * dev.vitrail.zoo.config.ArchitectureBuilder}: thirty switches cannot be told apart as arguments.
 * {@link dev.vitrail.zoo.config.ModelPlan} says from the config alone what a model costs; {@code
 * NetworkCost} counts it layer by layer.
 *
 * <p><b>May use</b> Jackson's streams and {@code dev.vitrail.imaging}; no DJL, so that configs are
 * checked without an engine.
 *
 * <p><b>Adding a key.</b> A component in a record, its line in the builder, in the reader of that
 * object and in {@code ConfigWriter}, its property in {@code configs/model.schema.json}. Tests over
 * {@code configs/} compare the schema's keys with the reader's and write every config back.
 *
 * <p><b>Decided.</b> No data binding: it stops at the first problem, forgets where it was, and
 * takes {@code "224"}, {@code 224.0} and a key given twice for good. The records refuse the same
 * values with an {@link java.lang.IllegalArgumentException}, which is a programmer's error;
 * sentences for users are the reader's. Labels are the only part of a config that may stand in
 * another file, because there can be thousands. A written config names every key, so that a later
 * change of a default does not change an old run.
 */
package dev.vitrail.zoo.config;
