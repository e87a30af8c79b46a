/**
 * The same network for other image and patch sizes: what depends on the grid of patches, as numbers
 * in plain Java.
 *
 * <p>{@link dev.vitrail.zoo.grid.Regridding} is the front door: two architectures that differ in
 * nothing but their sizes, and the position table and patch kernel of the first as the second has
 * them. {@link dev.vitrail.zoo.grid.SinCosPositions} computes the fixed tables. {@code
 * dev.vitrail.zoo.weights.RegriddedWeights} applies both to a file as it is read.
 *
 * <p><b>How.</b> Every way of resampling that a family uses is linear and treats rows and columns
 * alike but apart, so each is one small matrix an axis ({@code AxisResize}), and a new way is one
 * more such matrix. The patch kernel's least squares come apart in the same manner: the
 * pseudo-inverse of a Kronecker product is the product of the pseudo-inverses, so a 32x32 kernel
 * needs two 32-column systems and not one of 1,024.
 *
 * <p><b>May use</b> {@code dev.vitrail.zoo.config}; no DJL, no Jackson.
 *
 * <p><b>Decided.</b> Arithmetic is in double and rounded once, so results are within one rounding
 * of what the families compute in float. Least squares by Cholesky on the normal equations: the two
 * resizes that kernels use have condition numbers below 10 up to patches of 128 pixels (worst where
 * sizes differ by one), so squaring loses two of sixteen digits and a singular value decomposition
 * would gain nothing. A linear algebra library would be a dependency for forty lines.
 *
 * <p>Not copied from the families: scipy's {@code zoom}, which Google uses, writes zeros into the
 * last row and column at some sizes (28 to 14, 24 to 42), where its coordinate ends up a rounding
 * error beyond the edge; here the edge is taken. timm, torchvision and Google keep a table whose
 * new grid has another shape but as many places; here it is resampled.
 */
package dev.vitrail.zoo.grid;
