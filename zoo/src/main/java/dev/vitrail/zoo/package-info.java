/**
 * Vision transformers as DJL blocks: configs, weights, data and training. The packages below hold
 * the parts; this one holds only what they share.
 */
package dev.vitrail.zoo;
