package io.postil.core.query;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.MediaType;
import io.postil.core.view.Stage;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which slices of a grouped dataset the stages of a view leave. Stateless. */
public final class GroupSlices {
  private GroupSlices() {}

  /**
   * The slices that a stage chooses, in the order in which they are named or, where a media type
   * is, of the dataset.
   *
   * @param slices those that are left
   * @throws PostilException with {@code UNKNOWN_SLICE} if one that is named is not among them
   */
  public static Set<String> chosen(Map<String, MediaType> slices, Stage.SelectGroupSlices stage) {
    return chosen(slices, stage.slices(), stage.mediaType());
  }

  private static Set<String> chosen(
      Map<String, MediaType> slices, @Nullable Object names, @Nullable Object mediaType) {
    Set<String> chosen = new LinkedHashSet<>();
    if (mediaType == null && names != null) {
      for (String name : names(names)) {
        if (!slices.containsKey(name)) {
          throw new PostilException(
              ErrorCode.UNKNOWN_SLICE,
              "there is no slice '" + name + "'",
              "The slices are: " + String.join(", ", slices.keySet()));
        }
        chosen.add(name);
      }
      return chosen;
    }
    Set<String> types = mediaType == null ? Set.of() : names(mediaType);
    slices.forEach(
        (name, type) -> {
          if (mediaType == null || types.contains(type.id())) {
            chosen.add(name);
          }
        });
    return chosen;
  }

  private static Set<String> names(Object oneOrSeveral) {
    Set<String> names = new LinkedHashSet<>();
    for (Object name : oneOrSeveral instanceof List<?> l ? l : List.of(oneOrSeveral)) {
      names.add(String.valueOf(name));
    }
    return names;
  }

  /** The slices that a stage takes away. */
  static Set<String> dropped(Map<String, MediaType> slices, Stage.ExcludeGroupSlices stage) {
    Object names = stage.slices();
    return stage.mediaType() == null && names != null
        ? names(names)
        : chosen(slices, names, stage.mediaType());
  }

  /**
   * The slice whose samples stand for their groups in a view, before slices are selected to be
   * shown side by side: the default one if the stages leave it, else the first that they leave.
   *
   * @return null if no slice is left
   */
  public static @Nullable String active(
      Map<String, MediaType> slices, String defaultSlice, List<Stage> stages) {
    Set<String> left = left(slices, stages);
    if (left.isEmpty()) {
      return null;
    }
    return left.contains(defaultSlice) ? defaultSlice : left.iterator().next();
  }

  private static Set<String> left(Map<String, MediaType> slices, List<Stage> stages) {
    Map<String, MediaType> left = new LinkedHashMap<>(slices);
    for (Stage stage : stages) {
      switch (stage) {
        case Stage.SelectGroupSlices s -> {
          if (s.flat()) {
            return left.keySet();
          }
          left.keySet().retainAll(chosen(left, s));
        }
        case Stage.ExcludeGroupSlices s -> left.keySet().removeAll(dropped(left, s));
        default -> {}
      }
    }
    return left.keySet();
  }
}
