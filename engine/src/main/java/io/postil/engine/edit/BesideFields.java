package io.postil.engine.edit;

import io.postil.core.dataset.Sample;
import io.postil.core.value.Document;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What every sample has beside its fields and can be edited: path, tags, metadata. Stateless. */
final class BesideFields {
  private BesideFields() {}

  static boolean isOne(String name) {
    return name.equals("filepath") || name.equals("tags") || name.equals("metadata");
  }

  /** A sample with one of them set to a value that fits. */
  static Sample with(Sample sample, String name, @Nullable Object value) {
    return switch (name) {
      case "tags" -> {
        List<String> tags = new ArrayList<>();
        (value instanceof List<?> list ? list : List.of())
            .forEach(t -> tags.add(String.valueOf(t)));
        yield sample.withTags(tags);
      }
      case "metadata" -> sample.withMetadata(value instanceof Document d ? d : null);
      default -> withPath(sample, value);
    };
  }

  private static Sample withPath(Sample sample, @Nullable Object value) {
    return value instanceof String path && !path.isEmpty()
        ? new Sample(
            sample.id(), path, sample.tags(), sample.metadata(), sample.fields(), sample.system())
        : sample;
  }
}
