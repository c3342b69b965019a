package io.postil.testkit.views;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.view.Stage;
import io.postil.testkit.views.NaiveRows.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The slices of a grouped dataset on their way through a view: one stands for each group, until
 * some are shown side by side. Of other datasets there are none. Not thread-safe; for one view.
 */
final class NaiveSlices {
  private final DatasetInfo info;
  private final List<Document> samples;
  private final List<Stage> stages;

  /** The slices that are left; null if there are no groups, or no longer. */
  private @Nullable List<String> left;

  private NaiveSlices(DatasetInfo info, List<Document> samples, List<Stage> stages) {
    this.info = info;
    this.samples = samples;
    this.stages = stages;
    this.left = info.group() == null ? null : List.copyOf(info.group().slices().keySet());
  }

  /** The slices of a view's dataset, of which all samples are given. */
  static NaiveSlices of(DatasetInfo info, List<Document> samples, List<Stage> stages) {
    return new NaiveSlices(info, samples, stages);
  }

  /** The names of slices; those that are left if none are named. */
  private static List<String> names(
      List<String> slices, @Nullable Object oneOrSeveral, @Nullable Object mediaType) {
    if (mediaType != null) {
      throw new NotCovered("slices by media type");
    }
    if (oneOrSeveral == null) {
      return List.copyOf(slices);
    }
    List<?> all = oneOrSeveral instanceof List<?> list ? list : List.of(oneOrSeveral);
    return all.stream().map(String::valueOf).toList();
  }

  private static List<String> known(List<String> slices, Stage.SelectGroupSlices s) {
    List<String> names = names(slices, s.slices(), s.mediaType());
    if (!slices.containsAll(names)) {
      throw new NaiveError("unknown slice among " + names);
    }
    return names;
  }

  private Document group(Document sample) {
    return sample.getDocument(Objects.requireNonNull(info.group()).field());
  }

  private String slice(Document sample) {
    return group(sample).getString("name", "");
  }

  /** The slice whose samples stand for their groups: one of those that the stages leave. */
  private @Nullable String active() {
    List<String> remaining =
        new ArrayList<>(Objects.requireNonNull(info.group()).slices().keySet());
    for (Stage stage : stages) {
      if (stage instanceof Stage.SelectGroupSlices s) {
        if (s.flat()) {
          break;
        }
        remaining.retainAll(known(remaining, s));
      } else if (stage instanceof Stage.ExcludeGroupSlices s) {
        remaining.removeAll(names(remaining, s.slices(), s.mediaType()));
      }
    }
    String usual = info.group().defaultSlice();
    return remaining.contains(usual) ? usual : remaining.isEmpty() ? null : remaining.get(0);
  }

  /** The samples that the view starts with. */
  List<Document> first() {
    if (left == null) {
      return samples;
    }
    boolean flat =
        !stages.isEmpty() && stages.get(0) instanceof Stage.SelectGroupSlices s && s.flat();
    String active = active();
    return flat ? samples : samples.stream().filter(d -> slice(d).equals(active)).toList();
  }

  /** What a stage makes of rows. */
  NaiveRows apply(NaiveRows view, Stage stage) {
    List<String> slices = left;
    if (slices != null && stage instanceof Stage.SelectGroupSlices s) {
      List<String> chosen = known(slices, s);
      left = s.flat() ? null : slices.stream().filter(chosen::contains).toList();
      return s.flat() ? sideBySide(view, s, chosen) : view;
    }
    if (slices != null && stage instanceof Stage.ExcludeGroupSlices s) {
      List<String> dropped = names(slices, s.slices(), s.mediaType());
      left = slices.stream().filter(name -> !dropped.contains(name)).toList();
      return view;
    }
    if (info.group() != null && Json.write(stage.toDocument()).contains("groups.")) {
      throw new NotCovered("other slices in an expression");
    }
    boolean derives = stage instanceof Stage.ToPatches;
    left = derives ? null : slices;
    return NaiveStages.apply(view, stage);
  }

  /** Slices of the groups that are left, but as they are stored. */
  private NaiveRows sideBySide(NaiveRows view, Stage stage, List<String> chosen) {
    if (stage == stages.get(0)) {
      return view.filter(d -> chosen.contains(slice(d)));
    }
    if (!chosen.isEmpty() && chosen.stream().allMatch(name -> name.equals(active()))) {
      return view;
    }
    List<Row> rows = new ArrayList<>();
    for (Row row : view.rows()) {
      Object id = group(row.document()).get("_id");
      for (Document sample : samples) {
        if (chosen.contains(slice(sample)) && Objects.equals(id, group(sample).get("_id"))) {
          rows.add(new Row(shown(view, sample), rows.size(), List.of()));
        }
      }
    }
    return view.with(rows);
  }

  /** A sample without the fields that a view hides. */
  private Document shown(NaiveRows view, Document sample) {
    Document shown = sample;
    for (FieldSpec field : info.sampleFields()) {
      boolean isVisible =
          view.schema().fields().containsKey(field.name())
              || field.name().equals(Objects.requireNonNull(info.group()).field());
      shown = isVisible ? shown : shown.without(field.name());
    }
    return shown;
  }
}
