/**
 * Pixels: decode, orient, resize, crop, normalise, augment. Shared by training and inference, so
 * that the two cannot differ.
 *
 * <p>{@link dev.vitrail.imaging.ImageDecoder} turns a file into an {@link
 * dev.vitrail.imaging.RgbImage}; {@link dev.vitrail.imaging.Preprocessing}, a record with the JSON
 * of a config, turns that into what the network is fed; {@link
 * dev.vitrail.imaging.augment.Augmentation} varies it in training.
 *
 * <h2>What it may use</h2>
 *
 * The JDK and the Jackson annotations: no module of this project, no network library.
 *
 * <h2>Whose preprocessing it is</h2>
 *
 * Weights bring their family's preprocessing along, and {@link dev.vitrail.imaging.Preprocessing}
 * can say what each family does.
 *
 * <ul>
 *   <li><b>Size.</b> {@code resize} is a number, the short edge, or a pair, met exactly: these are
 *       timm's "center" and "squash" and need no further word. {@code crop_mode} says it in timm's
 *       terms, and is needed for two things alone: "border", and "center" with a pair, which is
 *       what timm does for inputs that are not square. What is written back is the shortest form.
 *   <li><b>Rounding.</b> {@link dev.vitrail.imaging.Dialect} names the project whose rounding of
 *       sizes, offsets and pixels is followed. One word for all of it was preferred to a key for
 *       each, because each project's combination can be held against that project, and another
 *       combination against nothing.
 *   <li><b>Filter.</b> {@link dev.vitrail.imaging.Interpolation} has Pillow's six. TensorFlow's
 *       "bilinear" without antialiasing and its "area" belong to Google's dialects.
 *   <li><b>Scale.</b> {@code rescale_factor} and {@code mean} and {@code std} as in Hugging Face's
 *       processors; an offset after the factor is part of the mean.
 * </ul>
 *
 * <p>Refused rather than nearly right: TensorFlow's antialiased, bicubic and other kernels, and
 * torch's resize of tensors (the "fast" processors of transformers), whose bytes are not Pillow's.
 * Google's own numbers are equal to the bit from decoded pixels on; its JPEG decoder by default
 * uses another transform, which no other decoder repeats.
 *
 * <h2>What the pixels are</h2>
 *
 * The witness is Pillow's {@code Image.open(file).convert("RGB")}, because that is what weights
 * were trained on.
 *
 * <ul>
 *   <li><b>Format</b> is told by the content, never by the name.
 *   <li><b>Colour profiles</b> are ignored, as by Pillow, unless {@link
 *       dev.vitrail.imaging.ColorProfile} asks for a conversion to sRGB. Readers here are asked for
 *       values as stored, and JPEGs and WebPs reach them without their profile. The conversion is
 *       that of Pillow's {@code ImageCms} within one level, of tables within a few; it is done in
 *       bytes, before orientation and resize. A damaged profile, or one of other colours than the
 *       pixels have, is ignored.
 *   <li><b>JPEG</b> components are converted to RGB with libjpeg's arithmetic; CMYK and YCCK count
 *       as inverted and are mixed by Pillow's formula.
 *   <li><b>Alpha</b> is dropped, not blended; the colour under full transparency shows.
 *   <li><b>Gray</b> values are replicated as stored. {@code BufferedImage.getRGB} would apply a
 *       gamma step to them and is used nowhere.
 *   <li><b>16-bit gray</b> is divided by 257 and rounded. Pillow clips it to white, which is a
 *       known flaw. Channels of 16-bit colour lose their lower byte, as in Pillow.
 *   <li><b>Orientation</b> noted by a camera or an editor (JPEG, PNG, WebP: in Exif, and where that
 *       says nothing in XMP, as in Pillow since 11) is followed or not as {@link
 *       dev.vitrail.imaging.ExifOrientation} says; that of a TIFF always, as by Pillow.
 *   <li><b>Animations</b>: the first frame, on the whole canvas.
 *   <li><b>Cut files</b> are corrupt. A JPEG that ends early is decoded by ImageIO without
 *       complaint, so the stream watches whether the reader asks for more than there is; {@link
 *       dev.vitrail.imaging.DecodeOptions#acceptTruncated()} accepts such a JPEG.
 * </ul>
 *
 * <p>Where the pixels are not Pillow's: TIFFs of 16 bits in planes, of 16 bits where white is zero,
 * of one bit in tiles, and BMPs with odd runs of 4 bits are read as they are meant, which Pillow
 * does not. TIFFs in Lab, of signed or floating samples, above 16 bits, in 64-bit form (BigTIFF),
 * or compressed otherwise than by LZW, deflate, PackBits, JPEG and fax codes are refused; and so
 * are tiles much larger than their image, for which memory is taken whole: 1.7 GB for 15 by 11
 * pixels in a tile of 30,000 by 20,000.
 *
 * <h2>Which decoder reads</h2>
 *
 * Java's readers, found by format and module, but for two formats. WebP, which Java does not read,
 * is read by {@code WebpLossless} and {@code WebpLossy}: the plug-ins that are to be had give other
 * pixels. TIFF is read by {@code TiffStrips}, since Java's reader passes over what a cut strip
 * lacks, and takes the colours of some for those of others. It is left fax codes. JPEGs of the
 * kinds that photos have are read by {@code JpegScans}. It is strict, and hands every file that
 * surprises it to Java's reader, so that there is one verdict on damaged files. What Java's reader
 * lacks: it makes every intermediate picture of a progressive file, has no smaller transforms
 * ({@link dev.vitrail.imaging.DecodeOptions#reduceTo()}), and makes all pixels where a resize and a
 * crop need three fifths of them. Here a JPEG stays coefficients until pixels are asked for, and
 * {@code JpegColumns} makes those that are, many at a time in SIMD. Samples are libjpeg's to the
 * bit. Where a damaged file's values leave 16 bits they are not, and no two decoders agree: of
 * 20,000 files damaged on purpose libjpeg gave other pixels than libjpeg-turbo for 2,857, and
 * {@code JpegScans} other ones than libjpeg-turbo for 213, for which libjpeg did, too.
 *
 * <h2>What files may do</h2>
 *
 * A file is hostile until decoded. Headers are parsed here, in place, and the number of pixels, the
 * edges and the memory needed are checked before a reader sees the file; what readers throw, errors
 * included, becomes an {@link dev.vitrail.imaging.ImageException}; metadata is never asked for.
 * What is left is time: a few damaged files keep their reader busy for long. A reader stops at its
 * next read of the file after its thread was interrupted, with a {@link
 * java.util.concurrent.CancellationException}, which is no verdict on the file; so a caller that
 * wants a limit of time, such as the folder run, decodes in a thread of its own.
 *
 * <h2>To add a format</h2>
 *
 * One constant in {@code ImageFormat}, one implementation of {@code EncodedImage}; the tests over
 * damaged files take their seeds from one table.
 */
package dev.vitrail.imaging;
