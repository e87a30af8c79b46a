package dev.vitrail.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * An HTML page that shows JSON, all in one file. It loads nothing, and its content security policy
 * forbids it to. What pages have in common is in {@code report.css} and {@code report.js}: colours
 * for light and dark, panels, thumbnails, the confusion matrix. What a page has of its own is in
 * {@code NAME.css}, {@code NAME.html} and {@code NAME.js} beside the class that makes it, and may
 * be in several such styles and scripts, which pages can share; a script finds the JSON in {@code
 * data}.
 *
 * <p>Texts of strangers, such as paths, are to reach the page as JSON without any {@code <}, so
 * that none can end the script's element, and the script makes text nodes of them.
 */
public final class ReportPage {
    private static final JsonMapper JSON = new JsonMapper();

    /** In order: title, common style, own style, body. */
    private static final String BEFORE_DATA =
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
            style-src 'unsafe-inline'; script-src 'unsafe-inline'">
            <title>%s</title>
            <style>
            %s%s</style>
            </head>
            <body>
            %s<noscript><p>This page is drawn with JavaScript, which is switched off.</p></noscript>
            <script type="application/json" id="data">
            """;

    /** In order: common script, own script. */
    private static final String AFTER_DATA =
            """

            </script>
            <script>
            %s%s</script>
            </body>
            </html>
            """;

    private final String beforeData;
    private final String afterData;

    /**
     * Reads what a page consists of.
     *
     * @param title of the window, without markup
     * @param owner the class beside which the page's own files lie
     * @param names of these files in their order, without their endings; the last has the HTML
     */
    public ReportPage(String title, Class<?> owner, String... names) {
        beforeData =
                BEFORE_DATA.formatted(
                        title,
                        resource(ReportPage.class, "report.css"),
                        resources(owner, ".css", names),
                        resource(owner, names[names.length - 1] + ".html"));
        afterData =
                AFTER_DATA.formatted(
                        resource(ReportPage.class, "report.js"), resources(owner, ".js", names));
    }

    private static String resources(Class<?> owner, String ending, String... names) {
        return Arrays.stream(names)
                .map(name -> resource(owner, name + ending))
                .collect(Collectors.joining());
    }

    /**
     * Makes a page.
     *
     * @param data what it shows, anything that Jackson writes
     * @return the HTML
     */
    public String of(Object data) {
        return beforeData + json(data) + afterData;
    }

    /** What stands before the JSON. */
    String beforeData() {
        return beforeData;
    }

    /** What stands behind the JSON. */
    String afterData() {
        return afterData;
    }

    /** JSON that can stand in a script's element. */
    static String json(Object value) {
        try {
            return JSON.writeValueAsString(value).replace("<", "\\u003c");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
    }

    private static String resource(Class<?> owner, String name) {
        try (InputStream bytes = owner.getResourceAsStream(name)) {
            return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(name + " cannot be read from its jar", e);
        }
    }
}
