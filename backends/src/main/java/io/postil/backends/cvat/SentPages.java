package io.postil.backends.cvat;

import io.postil.core.annotation.RunMemory;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which shapes of a video are which of the labels that were sent. Of a video with more labels than
 * go into one request this is remembered in pages, each with some frames, of which a few are in
 * memory. Not thread-safe; for one load.
 */
final class SentPages {
  private static final String OF = "of";
  private static final int MOST_OPEN = 4;

  /**
   * A page.
   *
   * @param from the first frame on the server that it is about
   * @param to the last one
   * @param least the least of the server's ids in it
   * @param most the greatest
   */
  record Page(int from, int to, long least, long most) {}

  /** What a page holds. */
  private record Content(Map<String, SentItem.Sent> shapes, Set<ObjectId> leftOut) {
    static Content of(SentItem item) {
      return new Content(item.shapes(), Set.copyOf(item.leftOut()));
    }
  }

  private final RunMemory memory;
  private final NewIds ids;
  private final ObjectId item;
  private final List<Page> pages;
  private final @Nullable Content whole;
  private final Map<Integer, Content> open = new LinkedHashMap<>(8, 0.75f, true);

  SentPages(RunMemory memory, NewIds ids, ObjectId item, SentItem known) {
    this.memory = memory;
    this.ids = ids;
    this.item = item;
    this.pages = known.pages();
    this.whole = pages.isEmpty() ? Content.of(known) : null;
  }

  /** What is remembered as a page of an item. */
  static Document page(ObjectId item, Map<String, SentItem.Sent> shapes, List<ObjectId> leftOut) {
    Document.Builder out = Document.builder().put(OF, item);
    SentItem.putLabels(out, shapes, leftOut);
    return out.build();
  }

  /** Whether what is remembered is a page, not an item. */
  static boolean isPage(Document remembered) {
    return remembered.contains(OF);
  }

  /** What was sent as a shape, or null. */
  SentItem.@Nullable Sent find(CvatShape shape) {
    String key = SentItem.key(shape);
    if (whole != null) {
      return whole.shapes().get(key);
    }
    for (int page : with(shape.frame())) {
      SentItem.Sent sent = open(page).shapes().get(key);
      if (sent != null) {
        return sent;
      }
    }
    // It may have been moved to another frame.
    for (int i = 0; i < pages.size(); i++) {
      if (pages.get(i).least() <= shape.id() && shape.id() <= pages.get(i).most()) {
        SentItem.Sent sent = open(i).shapes().get(key);
        if (sent != null) {
          return sent;
        }
      }
    }
    return null;
  }

  /** Those of the labels of a frame that were not sent. */
  List<ObjectId> leftOut(int frame, BaseLabels base) {
    List<ObjectId> found = new ArrayList<>();
    for (Content content : whole != null ? List.of(whole) : contents(frame)) {
      for (BaseLabels.Held held :
          content.leftOut().isEmpty() ? List.<BaseLabels.Held>of() : base.labels()) {
        if (content.leftOut().contains(held.label().id())) {
          found.add(held.label().id());
        }
      }
    }
    return found;
  }

  private List<Content> contents(int frame) {
    return with(frame).stream().map(this::open).toList();
  }

  /** The pages that are about a frame. */
  private List<Integer> with(int frame) {
    int from = 0;
    int to = pages.size();
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (pages.get(middle).to() < frame) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    List<Integer> found = new ArrayList<>();
    for (; from < pages.size() && pages.get(from).from() <= frame; from++) {
      found.add(from);
    }
    return found;
  }

  private Content open(int page) {
    Content known = open.get(page);
    if (known == null) {
      ObjectId id = ids.ofPage(item, page);
      Document remembered = memory.get(List.of(id)).get(id);
      known = Content.of(new SentItem(Objects.requireNonNullElse(remembered, Document.empty())));
      open.put(page, known);
      if (open.size() > MOST_OPEN) {
        open.remove(open.keySet().iterator().next());
      }
    }
    return known;
  }
}
