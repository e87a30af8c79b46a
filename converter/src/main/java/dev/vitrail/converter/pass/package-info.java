/** Graph to graph: one small class a pass. */
package dev.vitrail.converter.pass;
