/**
 * The {@code vitrail} command: parse, one library call, print.
 *
 * <h2>What it is</h2>
 *
 * <p>One class a verb ({@code TrainCommand}, {@code ClassifyCommand}, ...), option groups that
 * several share ({@code SessionOptions}), and the little that only somebody who knows both sides
 * can do: {@code NetworkExport} joins the zoo to the converter, {@code Agreement} compares DJL with
 * ONNX Runtime on photos. A decision about models belongs into the modules, not here.
 *
 * <h2>Rules</h2>
 *
 * <ul>
 *   <li>It may use every other module; nothing may use it.
 *   <li>All output goes through {@code Console}: results to standard output, progress and
 *       complaints to standard error. Standard output is a plain stream, so that a full disk and a
 *       closed pipe are noticed; {@code --json} prints one object.
 *   <li>Paths are checked by {@code Arguments} before work starts.
 *   <li>Exit codes are those of {@code ExitCode}. An exception becomes sentences in {@code
 *       Failures}; its trace shows with {@code --verbose} only.
 *   <li>SIGINT and SIGTERM ask the work to stop ({@code Signals}); a shutdown hook would be too
 *       late, because ONNX Runtime frees its environment in one of its own. The second signal ends
 *       the process at once.
 *   <li>The launcher, not Java, knows whether the streams are terminals, and says so by properties.
 * </ul>
 *
 * <h2>How to add a command</h2>
 *
 * <p>A class with {@code @Command}, a constructor that takes the {@code Console}, and its name in
 * the list of {@code Main}; {@code UsageTest} asks its help for a usage line within 100 columns.
 */
package dev.vitrail.cli;
