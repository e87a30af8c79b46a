package dev.vitrail.zoo.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.vitrail.zoo.config.Architecture;
import dev.vitrail.zoo.grid.Regridding;
import dev.vitrail.zoo.weights.RegriddedWeights;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** An import for another image size or patch size: the tensors that follow it, and their words. */
final class Regridded {

    private final Regridding regridding;

    Regridded(Regridding regridding) {
        this.regridding = regridding;
    }

    /** The tensors of the network wanted, from those of the network found. */
    Map<String, Tensor> tensors(Map<String, Tensor> found) {
        Map<String, Shape> shapes = RegriddedWeights.shapes(regridding);
        Map<String, Tensor> tensors = new LinkedHashMap<>(found);
        if (regridding.changesPositions()) {
            tensors.computeIfPresent(
                    RegriddedWeights.POSITIONS,
                    (name, table) -> changed(table, shapes.get(name), regridding::positions));
        }
        if (regridding.changesPatchKernel()) {
            tensors.computeIfPresent(
                    RegriddedWeights.PATCH_KERNEL,
                    (name, kernel) -> changed(kernel, shapes.get(name), regridding::patchKernel));
        }
        return tensors;
    }

    private static Tensor changed(Tensor from, Shape shape, UnaryOperator<float[]> change) {
        return new Tensor(shape, sink -> sink.put(FloatBuffer.wrap(change.apply(from.load()))));
    }

    /** The ledger's lines, with what was done besides. */
    List<Ledger.Mapped> words(List<Ledger.Mapped> mapped) {
        return mapped.stream()
                .map(line -> new Ledger.Mapped(line.from(), line.to(), done(line)))
                .toList();
    }

    private String done(Ledger.Mapped line) {
        List<String> words = new ArrayList<>();
        if (!line.done().equals(Step.AS_IS.words())) {
            words.add(line.done());
        }
        Architecture from = regridding.from();
        Architecture to = regridding.to();
        if (regridding.changesPositions() && line.to().contains(RegriddedWeights.POSITIONS)) {
            words.add(
                    String.format(
                            "%s from %dx%d to %dx%d",
                            from.positionEmbedding().isLearned() ? "resampled" : "computed anew",
                            from.gridHeight(),
                            from.gridWidth(),
                            to.gridHeight(),
                            to.gridWidth()));
        }
        if (regridding.changesPatchKernel() && line.to().contains(RegriddedWeights.PATCH_KERNEL)) {
            words.add(
                    String.format(
                            "resampled from %d to %d pixels", from.patchSize(), to.patchSize()));
        }
        return words.isEmpty() ? line.done() : String.join(", ", words);
    }
}
