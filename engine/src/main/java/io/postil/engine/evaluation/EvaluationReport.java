package io.postil.engine.evaluation;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An evaluation as one HTML file that a browser shows without a network: numbers, classes, curves,
 * confusion matrix, confidences. The file holds the data as JSON; {@code report.html} beside this
 * class draws it. Stateless.
 */
public final class EvaluationReport {
  private static final String DATA = "/*DATA*/";

  /** Plots need no more digits. */
  private static final double PRECISION = 1e4;

  private EvaluationReport() {}

  /** The text of the file. */
  public static String html(String dataset, EvaluationData evaluation) {
    Document.Builder data = evaluation.details().toBuilder().put("dataset", dataset);
    Document curves = evaluation.curves();
    if (evaluation.results() instanceof ClassificationResults && !curves.isEmpty()) {
      Document numbers = evaluation.summary().getDocument("binary");
      data.put("binary", rounded(numbers.withAll(curves)));
    } else if (!curves.isEmpty()) {
      data.put("curves", rounded(curves));
    }
    // A script element ends at "</script" wherever that stands.
    String json = Json.write(data.build()).replace("<", "\\u003c");
    return template().replace(DATA, json);
  }

  /**
   * Writes the file.
   *
   * @throws PostilException with {@code UNWRITABLE_FILE}
   */
  public static void write(Path file, String dataset, EvaluationData evaluation) {
    try {
      Files.writeString(file, html(dataset, evaluation));
    } catch (IOException e) {
      throw new PostilException(
          ErrorCode.UNWRITABLE_FILE,
          "cannot write the report " + file + ": " + e,
          "Name a file in a directory that you can write to.",
          e);
    }
  }

  private static String template() {
    try (InputStream in = EvaluationReport.class.getResourceAsStream("report.html")) {
      if (in == null) {
        throw new IllegalStateException("report.html is missing beside this class");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("report.html cannot be read", e);
    }
  }

  private static @Nullable Object rounded(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Double d -> Math.rint(d * PRECISION) / PRECISION;
      case List<?> list -> {
        List<@Nullable Object> out = new ArrayList<>(list.size());
        list.forEach(element -> out.add(rounded(element)));
        yield out;
      }
      case Document document -> {
        Document.Builder out = Document.builder();
        document.forEach((name, element) -> out.append(name, rounded(element)));
        yield out.build();
      }
      default -> value;
    };
  }
}
