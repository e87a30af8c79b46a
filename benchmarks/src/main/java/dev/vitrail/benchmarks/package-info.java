/** Speed and memory as ratios of one run, by JMH. */
package dev.vitrail.benchmarks;
