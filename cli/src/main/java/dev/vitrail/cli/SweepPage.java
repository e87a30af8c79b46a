package dev.vitrail.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vitrail.imaging.SystemReason;
import dev.vitrail.runtime.ReportPage;
import dev.vitrail.zoo.sweep.Metric;
import dev.vitrail.zoo.sweep.Sweep;
import dev.vitrail.zoo.sweep.SweepResults;
import dev.vitrail.zoo.sweep.TrialResult;
import dev.vitrail.zoo.train.EpochResult;
import dev.vitrail.zoo.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;

/** A page about a sweep: the curves of its trials, its recipes over seeds, and its table. */
final class SweepPage {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SweepPage() {}

    /** Writes the page into the sweep's folder, whole or not at all. */
    static void write(Sweep sweep, Path name) {
        try {
            AtomicFile.write(
                    sweep.reportFile(),
                    new ReportPage("Vitrail sweep", SweepPage.class, "chart", "sweep")
                            .of(data(sweep, name)));
        } catch (IOException e) {
            throw Failure.failed(
                    sweep.reportFile() + ": cannot be written: " + SystemReason.of(e), e);
        }
    }

    private static ObjectNode data(Sweep sweep, Path name) {
        SweepResults results = sweep.results();
        Metric metric = results.plan().metric();
        ObjectNode page = JSON.createObjectNode();
        page.put("name", name.toString());
        page.put("metric", metric.id()).put("share", metric.isShare());
        page.put("planned", results.plan().trials().size());
        results.best().ifPresent(best -> page.put("best", best.trial()));
        SweepTable table = new SweepTable(results);
        page.set("keys", JSON.valueToTree(table.columns()));
        page.set("recipe", JSON.valueToTree(table.recipeColumns()));
        ArrayNode groups = page.putArray("over_seeds");
        for (SweepResults.SeedGroup group : results.overSeeds()) {
            ObjectNode row = groups.addObject();
            row.set("values", JSON.valueToTree(group.values().values()));
            row.put("count", group.count()).put("mean", group.mean());
            if (group.deviation() != null) {
                row.put("deviation", group.deviation());
            }
        }
        ArrayNode trials = page.putArray("trials");
        for (TrialResult result : results.ranked()) {
            ObjectNode row = trials.addObject();
            row.put("trial", result.trial());
            row.set("values", JSON.valueToTree(results.trial(result).values().values()));
            results.value(result).ifPresent(value -> row.put("value", value));
            if (result.best() != null) {
                row.put("best_epoch", result.best().epoch());
            }
            row.put("epochs", result.epochs()).put("seconds", result.seconds());
            row.put("state", result.state().id());
            if (result.reason() != null) {
                row.put("reason", result.reason());
            }
            ArrayNode curve = row.putArray("curve");
            for (EpochResult epoch : sweep.history(result)) {
                Double figure = metric.of(epoch);
                if (figure != null && Double.isFinite(figure)) {
                    curve.addArray().add(epoch.epoch()).add(figure);
                }
            }
        }
        return page;
    }
}
