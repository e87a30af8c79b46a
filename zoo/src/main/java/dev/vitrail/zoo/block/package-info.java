/** The network, as DJL blocks: the only definition of the forward pass. */
package dev.vitrail.zoo.block;
