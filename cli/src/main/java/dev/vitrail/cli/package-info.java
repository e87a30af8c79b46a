/** The vitrail command: parse, one library call, print. */
package dev.vitrail.cli;
