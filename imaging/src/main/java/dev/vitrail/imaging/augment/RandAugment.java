package dev.vitrail.imaging.augment;

import dev.vitrail.imaging.Interpolation;
import dev.vitrail.imaging.RgbImage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A few operations of given strength, chosen at random: RandAugment (Cubuk et al. 2019) as timm
 * does it, each operation used with a probability and with noise on its strength. Geometric
 * operations are sampled bilinear or bicubic, as often the one as the other.
 *
 * <p>A policy is written as timm writes it, such as {@code rand-m9-mstd0.5-inc1}: sections behind
 * {@code rand}, in any order:
 *
 * <ul>
 *   <li>{@code m9} magnitude, 0 to 10 unless {@code mmax} says otherwise; 10 unless said
 *   <li>{@code n2} operations for each image; 2 unless said
 *   <li>{@code p0.5} probability of each of them; 0.5 unless said
 *   <li>{@code mstd0.5} standard deviation of the magnitude; above 100 it is drawn evenly from 0 to
 *       the magnitude; 0 unless said
 *   <li>{@code mmax10} what a noisy magnitude is cut off at; 10 unless said
 *   <li>{@code inc1} operations whose effect rises with the magnitude; {@code inc0}, which earlier
 *       versions of timm took for the same, does not ask for them
 *   <li>{@code t3a} only solarising, gray and blur; timm's weighted sets are not known
 * </ul>
 */
public final class RandAugment implements Augmentation {

    private static final Pattern SECTION = Pattern.compile("([a-z]+)([0-9]+(?:\\.[0-9]+)?)");

    /** Above it, timm takes the deviation for infinite and draws evenly. */
    private static final double EVENLY = 100;

    private static final int MOST = 15;

    private static final List<Operation> PAPER =
            List.of(
                    Operation.AUTO_CONTRAST,
                    Operation.EQUALIZE,
                    Operation.INVERT,
                    Operation.ROTATE,
                    Operation.POSTERIZE,
                    Operation.SOLARIZE,
                    Operation.SOLARIZE_ADD,
                    Operation.COLOR,
                    Operation.CONTRAST,
                    Operation.BRIGHTNESS,
                    Operation.SHARPNESS,
                    Operation.SHEAR_X,
                    Operation.SHEAR_Y,
                    Operation.TRANSLATE_X,
                    Operation.TRANSLATE_Y);

    private static final List<Operation> INCREASING =
            List.of(
                    Operation.AUTO_CONTRAST,
                    Operation.EQUALIZE,
                    Operation.INVERT,
                    Operation.ROTATE,
                    Operation.POSTERIZE_INCREASING,
                    Operation.SOLARIZE_INCREASING,
                    Operation.SOLARIZE_ADD,
                    Operation.COLOR_INCREASING,
                    Operation.CONTRAST_INCREASING,
                    Operation.BRIGHTNESS_INCREASING,
                    Operation.SHARPNESS_INCREASING,
                    Operation.SHEAR_X,
                    Operation.SHEAR_Y,
                    Operation.TRANSLATE_X,
                    Operation.TRANSLATE_Y);

    private static final List<Operation> THREE =
            List.of(Operation.SOLARIZE_INCREASING, Operation.DESATURATE, Operation.GAUSSIAN_BLUR);

    private static final String NUMBERS =
            "m, n, p, mstd, mmax or inc with a number, or the set t3a";

    private final String policy;
    private final List<Integer> fill;
    private final List<Operation> operations;
    private final double magnitude;
    private final double deviation;
    private final double greatest;
    private final int count;
    private final double probability;

    private RandAugment(
            String policy,
            List<Integer> fill,
            List<Operation> operations,
            Map<String, Double> numbers) {
        this.policy = policy;
        this.fill = List.copyOf(fill);
        this.operations = operations;
        this.magnitude = numbers.getOrDefault("m", Operation.GREATEST);
        this.deviation = numbers.getOrDefault("mstd", 0.0);
        this.greatest = numbers.getOrDefault("mmax", Operation.GREATEST);
        this.count = numbers.getOrDefault("n", 2.0).intValue();
        this.probability = numbers.getOrDefault("p", 0.5);
    }

    /**
     * Reads a policy.
     *
     * @param policy such as {@code rand-m9-mstd0.5-inc1}
     * @param fill red, green and blue, 0 to 255, of what comes from outside the image; timm takes
     *     the mean of the preprocessing
     * @return the augmentation
     * @throws IllegalArgumentException naming the section that is not understood
     */
    public static RandAugment parse(String policy, List<Integer> fill) {
        AffineMap.colour(fill);
        List<String> sections = List.of(policy.split("-", -1));
        require(sections.get(0).equals("rand"), sections.get(0), policy, "\"rand\" at first");
        Map<String, Double> numbers = new HashMap<>();
        boolean three = false;
        for (String section : sections.subList(1, sections.size())) {
            if (section.equals("t3a")) {
                three = true;
                continue;
            }
            Matcher matcher = SECTION.matcher(section);
            require(matcher.matches(), section, policy, NUMBERS);
            double value = Double.parseDouble(matcher.group(2));
            check(matcher.group(1), value, section, policy);
            numbers.put(matcher.group(1), value);
        }
        boolean increasing = numbers.getOrDefault("inc", 0.0) == 1;
        return new RandAugment(
                policy, fill, three ? THREE : increasing ? INCREASING : PAPER, numbers);
    }

    private static void check(String key, double value, String section, String policy) {
        boolean whole = value == Math.rint(value);
        switch (key) {
            case "m", "mstd" -> {}
            case "mmax" -> require(value > 0, section, policy, "mmax with a number above 0");
            case "n" ->
                    require(
                            whole && value >= 1 && value <= MOST,
                            section,
                            policy,
                            "n1 to n" + MOST);
            case "p" -> require(value <= 1, section, policy, "p0 to p1");
            case "inc" -> require(whole && value <= 1, section, policy, "inc0 or inc1");
            default -> require(false, section, policy, NUMBERS);
        }
    }

    private static void require(boolean holds, String section, String policy, String right) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "\"%s\" in the policy \"%s\" is not understood, must be %s"
                            .formatted(section, policy, right));
        }
    }

    @Override
    public RgbImage apply(RgbImage image, RandomGenerator random) {
        RgbImage changed = image;
        for (int i = 0; i < count; i++) {
            Operation operation = operations.get(random.nextInt(operations.size()));
            if (random.nextDouble() < probability) {
                changed = change(operation, changed, random);
            }
        }
        return changed;
    }

    private RgbImage change(Operation operation, RgbImage image, RandomGenerator random) {
        double level = level(random);
        double sign = Draws.signed(1, random);
        Interpolation filter =
                random.nextBoolean() ? Interpolation.BILINEAR : Interpolation.BICUBIC;
        Operation.Sampling sampling = new Operation.Sampling(filter, AffineMap.colour(fill));
        return operation.change(image, operation.argument(level, sign), sampling);
    }

    private double level(RandomGenerator random) {
        double level = magnitude;
        if (deviation > EVENLY) {
            level = Draws.uniform(0, magnitude, random);
        } else if (deviation > 0) {
            level = magnitude + deviation * random.nextGaussian();
        }
        return Math.max(0, Math.min(level, greatest));
    }

    @Override
    public String toString() {
        return "RandAugment[" + policy + "]";
    }
}
