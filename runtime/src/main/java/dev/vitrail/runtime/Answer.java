package dev.vitrail.runtime;

import java.nio.FloatBuffer;

/**
 * What became of an image.
 *
 * @param prediction its row
 * @param embedding its pooled features, or null where there are none
 */
record Answer(Prediction prediction, FloatBuffer embedding) {}
