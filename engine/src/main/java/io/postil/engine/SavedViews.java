package io.postil.engine;

import io.postil.core.ErrorCode;
import io.postil.core.Nearest;
import io.postil.core.PostilException;
import io.postil.core.query.ViewSchema;
import io.postil.core.store.StoredDataset;
import io.postil.core.store.StoredDataset.SavedView;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.view.ViewDefinition;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** The saved views of a dataset, by name. Thread-safe as far as the dataset is. */
public final class SavedViews {
  private final StoredDataset stored;

  /** Those of a dataset. */
  public SavedViews(StoredDataset stored) {
    this.stored = stored;
  }

  /** All of them, by name. */
  public List<SavedView> list() {
    return stored.savedViews();
  }

  /**
   * One of them.
   *
   * @throws PostilException with {@code UNKNOWN_VIEW}, naming the nearest name
   */
  public SavedView get(String name) {
    List<SavedView> views = list();
    return views.stream()
        .filter(v -> v.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new PostilException(
                    ErrorCode.UNKNOWN_VIEW,
                    "the dataset '" + stored.info().name() + "' has no saved view '" + name + "'",
                    Nearest.hint(name, views.stream().map(SavedView::name).toList())));
  }

  /**
   * Saves a view under a name, in place of the one that had it.
   *
   * @throws PostilException if the name is empty or the view does not fit the dataset
   */
  public SavedView save(String name, ViewDefinition view) {
    if (name.isBlank()) {
      throw new PostilException(
          ErrorCode.INVALID_NAME, "the name of a view is empty", "Give it a name.");
    }
    Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
    return stored.write(
        writer -> {
          ViewSchema.of(writer.info(), view);
          SavedView known =
              writer.savedViews().stream()
                  .filter(v -> v.name().equals(name))
                  .findFirst()
                  .orElseGet(() -> unsaved(name, now));
          SavedView saved =
              new SavedView(known.id(), name, view, known.extras().with("last_modified_at", now));
          writer.putSavedView(saved);
          return saved;
        });
  }

  private static SavedView unsaved(String name, Instant now) {
    String slug =
        name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    return new SavedView(
        ObjectId.create(), name, ViewDefinition.ALL, Document.of("slug", slug, "created_at", now));
  }

  /**
   * Forgets a view; its samples stay.
   *
   * @throws PostilException with {@code UNKNOWN_VIEW}, naming the nearest name
   */
  public void delete(String name) {
    ObjectId id = get(name).id();
    stored.write(
        writer -> {
          writer.deleteSavedView(id);
          return null;
        });
  }
}
