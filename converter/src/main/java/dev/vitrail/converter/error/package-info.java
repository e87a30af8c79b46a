/**
 * The one exception by which the converter tells its user what is wrong. A package of its own,
 * because every other package of the converter may throw it and none of them may know the root.
 */
package dev.vitrail.converter.error;
