/** Training runs and their folders. */
package dev.vitrail.zoo.train;
