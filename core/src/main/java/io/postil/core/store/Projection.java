package io.postil.core.store;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which fields a read must bring; a store may bring more.
 *
 * @param names sample fields and, with the prefix {@code frames.}, frame fields; null means all
 * @param fieldsOnly whether nothing else is looked at but ids: the path, tags, metadata and system
 *     data of samples, which come otherwise, may then be empty
 */
public record Projection(@Nullable Set<String> names, boolean fieldsOnly) {
  /** All fields. */
  public static final Projection ALL = new Projection(null, false);

  /** Copies the set. */
  public Projection {
    names = names == null ? null : Set.copyOf(names);
  }

  /** Fields with what always comes. */
  public Projection(@Nullable Set<String> names) {
    this(names, false);
  }

  /** Only the given fields. */
  public static Projection of(String... names) {
    return new Projection(Set.of(names));
  }

  /** Whether a field must come. */
  public boolean includes(String name) {
    return names == null || names.contains(name);
  }
}
