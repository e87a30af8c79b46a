/**
 * Speed and memory as ratios of one run: by JMH what happens inside a virtual machine, and by a
 * main class each of the following.
 *
 * <ul>
 *   <li>{@link dev.vitrail.benchmarks.ExportBenchmark}: what an export takes
 *   <li>{@link dev.vitrail.benchmarks.RoundTripBenchmark}: what weights cost on their way in and
 *       out
 *   <li>{@link dev.vitrail.benchmarks.ReaderBenchmark}: what each reader of JPEGs takes
 *   <li>{@link dev.vitrail.benchmarks.ThroughputBenchmark}: what a folder run keeps of the model's
 *       speed
 *   <li>{@link dev.vitrail.benchmarks.TrainingStepBenchmark}: what a step of a training takes
 * </ul>
 *
 * <p>Times are not asserted anywhere: they depend on the machine and on the hour. A benchmark holds
 * the thing measured and what it is measured against, so that one run gives the ratio.
 */
package dev.vitrail.benchmarks;
