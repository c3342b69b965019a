package io.postil.engine.views;

import io.postil.core.value.Document;
import io.postil.core.view.Aggregation;
import io.postil.core.view.Expression;
import io.postil.core.view.Stage;
import io.postil.core.view.ViewDefinition;
import io.postil.engine.views.PythonCalls.Call;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Views and aggregations from the Python text of recorded cases. Stateless. */
final class PythonViews {
  private PythonViews() {}

  static ViewDefinition view(String text) {
    List<Stage> stages = new ArrayList<>();
    for (Call call : PythonCalls.parse(text)) {
      if (!call.name().equals("view")) {
        stages.add(stage(call));
      }
    }
    return new ViewDefinition(stages);
  }

  private static List<?> list(@Nullable Object value) {
    return value instanceof List<?> l ? l : value == null ? List.of() : List.of(value);
  }

  private static @Nullable Object render(@Nullable Object value, @Nullable String prefix) {
    return value instanceof Expression e ? e.toValue(prefix) : value;
  }

  private static Stage stage(Call call) {
    Object first = call.argument(0, "field");
    String field = String.valueOf(first);
    return switch (call.name()) {
      case "exclude_fields" ->
          new Stage.ExcludeFields(list(call.argument(0, "field_names")), null, false);
      case "select_fields" ->
          new Stage.SelectFields(list(call.argument(0, "field_names")), null, false);
      case "filter_labels" ->
          new Stage.FilterLabels(field, render(call.argument(1, "filter"), "$$this"), true, false);
      case "filter_field" ->
          new Stage.FilterField(field, render(call.argument(1, "filter"), "$" + field), true);
      case "filter_keypoints" ->
          new Stage.FilterKeypoints(
              field,
              render(call.argument(1, "filter"), "$$expr"),
              call.named().get("labels"),
              true);
      case "match_tags" -> new Stage.MatchTags(list(call.argument(0, "tags")), true, false);
      case "match_frames" ->
          new Stage.MatchFrames(render(call.argument(0, "filter"), "$$this"), true);
      case "select_group_slices" ->
          new Stage.SelectGroupSlices(
              call.argument(0, "slices"), call.named().get("media_type"), true, false, false);
      case "exclude_group_slices" -> new Stage.ExcludeGroupSlices(call.argument(0, "slices"), null);
      case "set_field" -> new Stage.SetField(field, render(call.argument(1, "expr"), null), false);
      case "map_labels" ->
          new Stage.MapLabels(
              field, call.positional().get(1) instanceof Document d ? d : Document.empty());
      case "map_values" ->
          new Stage.MapValues(
              field, call.positional().get(1) instanceof Document d ? d : Document.empty());
      case "limit_labels" ->
          new Stage.LimitLabels(
              field, call.argument(1, "limit") instanceof Number n ? n.longValue() : 0);
      case "sort_by" ->
          new Stage.SortBy(
              render(first, null) instanceof Object o ? o : "",
              Boolean.TRUE.equals(call.named().get("reverse")),
              false);
      case "match" ->
          new Stage.Match(
              first instanceof Expression e ? Document.of("$expr", e.toValue()) : first);
      case "limit" -> new Stage.Limit(first instanceof Number n ? n.longValue() : 0);
      case "skip" -> new Stage.Skip(first instanceof Number n ? n.longValue() : 0);
      case "to_patches" -> new Stage.ToPatches(field, null, null);
      case "to_frames" -> new Stage.ToFrames(Document.of("sample_frames", false), null);
      case "to_clips" ->
          new Stage.ToClips(render(first, null) instanceof Object o ? o : "", null, null);
      case "group_by" ->
          new Stage.GroupBy(render(first, null), null, false, false, null, null, null, null);
      default -> throw new IllegalArgumentException("stage " + call.name());
    };
  }

  static Aggregation aggregation(String text) {
    Call call = PythonCalls.parse(text).get(0);
    Object first = call.positional().isEmpty() ? null : call.positional().get(0);
    Document.Builder arguments = Document.builder();
    call.named().forEach((name, value) -> arguments.put(name, value));
    return new Aggregation(
        call.name(),
        first instanceof String s ? s : null,
        first instanceof Expression e ? e : null,
        arguments.build());
  }
}
