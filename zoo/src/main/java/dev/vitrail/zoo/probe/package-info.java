/**
 * How good the features of an encoder are, without training it any further: nearest neighbours and
 * a linear probe.
 *
 * <p>{@link dev.vitrail.zoo.probe.Probe} is the front door: {@link dev.vitrail.zoo.train.Features}
 * of training and of validation pictures in, a {@link dev.vitrail.zoo.probe.ProbeResult} out.
 * {@link dev.vitrail.zoo.probe.NearestNeighbours} and {@link
 * dev.vitrail.zoo.probe.LogisticRegression} are of use by themselves.
 *
 * <p>Uses {@code train}, {@code data} (its random numbers), {@code config} (its exception) and the
 * JDK. Another way of judging features is another class here, another part of the result and
 * another word of the command's {@code --method}.
 *
 * <h2>What was decided</h2>
 *
 * <ul>
 *   <li>Neighbours vote as in DINO's {@code eval_knn.py} (Caron et al. 2021, after Wu et al. 2018):
 *       vectors of length 1, cosine similarity, the k most similar, each with the weight {@code
 *       exp(similarity / temperature)}. Where similarities or votes are equal, the earlier picture
 *       and the lower class come first.
 *   <li>The linear probe is multinomial logistic regression on features that are standardised as
 *       MAE's batch norm without affine parameters does it (He et al. 2022, appendix A.1), but with
 *       the statistics of all training pictures. It is convex, so it is solved, by L-BFGS, and not
 *       trained: there are no epochs, rates or seeds to choose, and the answer is the same for
 *       everybody to the tolerance. Not chosen: MAE's 90 epochs of LARS with random crops, which
 *       ask for a run of the encoder for every picture and epoch.
 *   <li>The strength of its regularisation is chosen on a share of the training pictures, class by
 *       class; the validation pictures are looked at once, at the end.
 *   <li>Sums are taken in double precision and in parts that do not depend on the number of
 *       processors: the same features give the same bits.
 *   <li>No DJL: features of two thousand pictures are a matter of seconds without it.
 * </ul>
 */
package dev.vitrail.zoo.probe;
