package io.postil.testkit.views;

import static io.postil.testkit.views.PlainValues.MISSING;

import io.postil.core.dataset.DatasetInfo;
import io.postil.core.value.Document;
import io.postil.core.value.Values;
import io.postil.core.view.Stage;
import io.postil.core.view.StageDocuments;
import io.postil.core.view.ViewDefinition;
import io.postil.testkit.views.NaiveRows.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Groups of samples with an equal value, and samples again of groups. Stateless. */
final class NaiveGroups {
  private NaiveGroups() {}

  private record Group(@Nullable Object key, List<Row> members) {}

  static NaiveRows group(NaiveRows start, Stage.GroupBy s) {
    if (s.flat()) {
      throw new NotCovered("flat groups");
    }
    NaiveRows view = start;
    Object order = s.orderBy() == null ? s.orderByKey() : s.orderBy();
    if (order != null) {
      view = NaiveStages.apply(view, new Stage.SortBy(order, s.reverse(), null));
    }
    List<Group> groups = new ArrayList<>();
    for (Row row : view.rows()) {
      Object value = NaiveExpressions.evaluate(key(s.fieldOrExpr()), row.document());
      Object key = value == MISSING ? null : value;
      Group known =
          groups.stream().filter(g -> PlainValues.equal(g.key(), key)).findFirst().orElse(null);
      if (known == null) {
        known = new Group(key, new ArrayList<>());
        groups.add(known);
      }
      known.members().add(row);
    }
    if (order != null && groups.stream().anyMatch(g -> hasTies(g.members()))) {
      throw new NotCovered("groups whose members are tied");
    }
    List<Row> rows = new ArrayList<>();
    groups.forEach(g -> rows.add(new Row(g.members().get(0).document(), 0, g.members())));
    rows.sort(Comparator.comparing(r -> NaiveStages.id(r.document())));
    return view.with(NaiveRows.ranked(rows));
  }

  private static boolean hasTies(List<Row> rows) {
    return rows.stream().map(Row::rank).distinct().count() < rows.size();
  }

  /** The expression of a path, an expression, or a list of them. */
  private static Object key(@Nullable Object by) {
    return switch (by) {
      case String s -> s.startsWith("$") ? s : "$" + NaiveStages.stored(s);
      case List<?> list -> Values.list(list.stream().map(NaiveGroups::key).toList());
      case null -> throw new NaiveError("groups of nothing");
      default -> by;
    };
  }

  static NaiveRows flatten(NaiveRows view, Stage.Flatten s) {
    if (view.rows().stream().anyMatch(r -> r.members().isEmpty())) {
      throw new NaiveError("no groups to flatten");
    }
    List<Stage> inner =
        s.stages() == null
            ? List.of()
            : StageDocuments.view(s.stages() instanceof List<?> l ? l : List.of(s.stages()))
                .stages();
    List<Row> rows = new ArrayList<>();
    for (Row group : view.rows()) {
      NaiveRows members = view.with(NaiveRows.ranked(group.members()));
      for (Stage stage : inner) {
        members = NaiveStages.apply(members, stage);
      }
      rows.addAll(members.rows());
    }
    return view.with(NaiveRows.ranked(rows));
  }

  /** The view that a union adds. */
  static ViewDefinition added(DatasetInfo info, Stage.Concat s) {
    Document samples = (Document) s.samples();
    Object id = samples.get("dataset_id");
    if (id != null && !String.valueOf(id).equals(info.id().toString())) {
      throw new NaiveError("samples of another dataset");
    }
    return StageDocuments.view(samples.get("stages") == null ? List.of() : samples.get("stages"));
  }

  /** The rows of one view and then those of another. */
  static NaiveRows concat(NaiveRows first, NaiveRows second) {
    List<Row> rows = new ArrayList<>(first.rows());
    int after = rows.size();
    second.rows().forEach(r -> rows.add(new Row(r.document(), after + r.rank(), r.members())));
    return first.with(rows);
  }
}
