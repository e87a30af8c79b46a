/** Runs a DJL block on recording arrays and returns the calls it made. */
package dev.vitrail.converter.trace;
