package io.postil.core.store;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which fields a read must bring; a store may bring more. The id, path, tags, metadata and system
 * data of samples always come.
 *
 * @param names sample fields and, with the prefix {@code frames.}, frame fields; null means all
 */
public record Projection(@Nullable Set<String> names) {
  /** All fields. */
  public static final Projection ALL = new Projection(null);

  /** Copies the set. */
  public Projection {
    names = names == null ? null : Set.copyOf(names);
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
