/**
 * The network, as DJL blocks: the only definition of the forward pass. Parameter counts, names and
 * the ONNX graph are derived from it.
 *
 * <p><b>Reading order.</b> {@link dev.vitrail.zoo.block.VisionTransformer} in the order of its
 * data, then {@code PatchEmbedding}, {@code TokenSequence}, {@code EncoderBlock}, {@code
 * MultiHeadAttention}, {@code Mlp}, {@code ClassifierHead} and its {@code TokenPooling}. What other
 * families have instead or besides stands in files of its own: {@code ConvolutionStem} and {@code
 * ResNetStem}, {@code SinCosTable}, {@code GatedMlp}, {@code LayerScale}, {@code AttentionPooling},
 * {@code DistilledHead}. {@code UnaryBlock}, {@code Chain} and {@code ForwardPass} are what lets a
 * forward pass read like the paper's equations; {@code Layers} holds DJL's layers with the settings
 * that a vision transformer needs (DJL's layer norm defaults to other axes and another epsilon).
 *
 * <p><b>Without labels.</b> {@link dev.vitrail.zoo.block.MaskedAutoencoder} is the same encoder,
 * fed the patches that a {@link dev.vitrail.zoo.block.PatchMask} leaves it, and a decoder of the
 * same encoder blocks behind it. It is trained and never exported, so it may gather by index.
 *
 * <p><b>Before the network.</b> {@link dev.vitrail.zoo.block.Preprocessor} is imaging's
 * preprocessing in DJL's arrays, and {@link dev.vitrail.zoo.block.PreprocessedTransformer} a
 * network behind it: for exports that are fed bytes. Nothing else runs it; training and inference
 * use imaging itself, and a test compares the two. Not chosen: ONNX's {@code Resize}, which has
 * antialiasing from opset 18 on, three of Pillow's filters, and no rounding between the two axes
 * that every runtime would do alike.
 *
 * <p><b>May use</b> DJL's API, the records of {@code dev.vitrail.zoo.config} and of {@code
 * imaging}, and the fixed tables of {@code dev.vitrail.zoo.grid}; no JSON.
 *
 * <p><b>Rules for a block</b>, because the same pass is recorded for ONNX: weights come from the
 * {@link ai.djl.training.ParameterStore} and nowhere else; constants from the input's manager; no
 * array in a field; no value read into Java, no branch on data or on the batch size; random
 * operations only in training. What is computed with a parameter as the <em>first</em> operand
 * belongs to the parameters' manager and is never freed: attach it to the input's.
 *
 * <p><b>Adding one.</b> Extend {@code UnaryBlock} and name the children as timm does: {@link
 * dev.vitrail.zoo.block.ParameterNames} needs nothing else. A child named {@code ""} puts its own
 * children where it stands. A parameter that is drawn at random has type {@code WEIGHT} or {@code
 * OTHER}, and {@code Initialization} says how; so does {@code NetworkCost} how much it costs. What
 * a config switches gets a field in {@code Architecture} with a default that leaves older configs
 * as they are, and is the identity where it is switched off, not an {@code if} in the forward pass.
 *
 * <p><b>Decided.</b> Enums such as {@code Pooling} live with the config, which may not know DJL, so
 * their behaviour is a {@code switch} here, without a default, and not a method of the constant.
 * Pooling by average and by attention reads the patch tokens alone. First values come from a
 * generator of our own, named in {@code Initialization}, because an engine's depends on its threads
 * and version. Not chosen: DJL's transformer encoder, which is BERT's (post-norm, batch norm).
 */
package dev.vitrail.zoo.block;
