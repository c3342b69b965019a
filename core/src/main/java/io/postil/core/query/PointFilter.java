package io.postil.core.query;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.Skeleton;
import io.postil.core.value.Document;
import io.postil.core.view.Stage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which points of keypoint labels {@code filter_keypoints} is about. Immutable.
 *
 * @param attribute the one list of the label, a value for each point, that the filter looks at;
 *     null if there is no filter, or it looks at none
 * @param named the positions of the points that are named; null if all are meant
 */
public record PointFilter(@Nullable String attribute, @Nullable Set<Integer> named) {
  /**
   * What a stage asks.
   *
   * @throws PostilException if the field holds no keypoints, or points are named that have no names
   */
  public static PointFilter of(ViewSchema schema, Stage.FilterKeypoints stage) {
    LabelField field = schema.labelField(stage.field());
    if (!field.elementClass().equals("Keypoint")) {
      throw new PostilException(
          ErrorCode.WRONG_FIELD_TYPE,
          "filter_keypoints needs keypoints, but '"
              + stage.field()
              + "' holds "
              + field.className());
    }
    return new PointFilter(
        attribute(stage.filter()),
        stage.labels() == null ? null : pointsOf(schema, field, stage.labels()));
  }

  private static @Nullable String attribute(@Nullable Object filter) {
    switch (filter) {
      case String s -> {
        return s.startsWith("$$expr.") ? s.substring("$$expr.".length()).split("\\.")[0] : null;
      }
      case List<?> list -> {
        for (Object element : list) {
          String found = attribute(element);
          if (found != null) {
            return found;
          }
        }
      }
      case Document d -> {
        for (int i = 0; i < d.size(); i++) {
          String found = attribute(d.valueAt(i));
          if (found != null) {
            return found;
          }
        }
      }
      case null -> {}
      default -> {}
    }
    return null;
  }

  private static Set<Integer> pointsOf(ViewSchema schema, LabelField field, Object labels) {
    Skeleton skeleton =
        schema.info().skeletons().getOrDefault(field.name(), schema.info().defaultSkeleton());
    if (skeleton == null) {
      throw new PostilException(
          ErrorCode.NO_SKELETON,
          "points of '" + field.name() + "' have no names: the dataset has no skeleton for it",
          "Set a skeleton on the dataset, or filter by an expression.");
    }
    Set<Integer> points = new HashSet<>();
    List<?> names = labels instanceof List<?> l ? l : List.of(labels);
    for (Object name : names) {
      int index = skeleton.labels().indexOf(String.valueOf(name));
      if (index >= 0) {
        points.add(index);
      }
    }
    return points;
  }
}
