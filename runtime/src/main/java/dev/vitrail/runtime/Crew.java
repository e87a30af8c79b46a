package dev.vitrail.runtime;

/**
 * The threads of a folder run.
 *
 * @param threads to begin with
 * @param most where reading files takes long
 * @param decoders how many of them may decode at a time
 */
record Crew(int threads, int most, int decoders) {}
