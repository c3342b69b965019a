package io.postil.store.mongo;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * An update that sets properties of labels by their places in their lists. It may only be made in
 * the transaction that read the lists: there the server refuses to update a document that somebody
 * changed since, so that each place has the label it had. Everywhere else the labels are found by
 * their ids, in an update that is made again from this one; so only the ids are remembered beside
 * it. The server needs two thirds of the time for it: it looks at what is set, not at the whole
 * document. Immutable.
 */
final class PlacedEdits {
  private static final byte[] SET = bytes("$set");
  private static final byte[] CURRENT_DATE = bytes("$currentDate");
  private static final Document NOW = Document.of(FieldUpdate.MODIFIED, true);

  /**
   * Labels of one list.
   *
   * @param list the path of the list
   * @param ids of the labels, in the order of the update
   */
  @SuppressWarnings("ArrayRecordComponent") // It is only read here.
  private record Ids(String list, byte[] ids) {}

  private final RawBsonDocument body;
  private final List<Ids> lists;

  private PlacedEdits(RawBsonDocument body, List<Ids> lists) {
    this.body = body;
    this.lists = lists;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The paths of properties of labels, which most samples have in common. Not thread-safe. */
  static final class Paths {
    private final Map<String, OfList> lists = new HashMap<>();

    private OfList of(String list) {
      OfList known = lists.get(list);
      if (known == null) {
        known = new OfList(list);
        lists.put(list, known);
      }
      return known;
    }
  }

  /** The paths below one list. */
  private static final class OfList {
    /** Longer lists are rare; their paths are made each time. */
    private static final int MOST = 200;

    private final String list;
    private final Map<String, List<byte[]>> byName = new HashMap<>();

    OfList(String list) {
      this.list = list;
    }

    byte[] path(int place, String name) {
      List<byte[]> known = byName.get(name);
      if (known == null) {
        known = new ArrayList<>();
        byName.put(name, known);
      }
      while (known.size() <= place && place < MOST) {
        known.add(make(known.size(), name));
      }
      return place < MOST ? known.get(place) : make(place, name);
    }

    private byte[] make(int place, String name) {
      return bytes(list + "." + place + "." + name);
    }
  }

  /** Whether updates that can be made at once can be made so. */
  static boolean canMake(List<FieldUpdate> parts) {
    boolean any = false;
    for (FieldUpdate part : parts) {
      FieldUpdate.Edits edits = part.edits();
      if (part.other() != null || !part.unset().isEmpty() || !part.computed().isEmpty()) {
        return false;
      }
      if (edits != null) {
        if (!edits.havePlaces()) {
          return false;
        }
        any = true;
      }
    }
    return any;
  }

  static PlacedEdits of(List<FieldUpdate> parts, Paths paths) {
    List<Ids> lists = new ArrayList<>(2);
    BsonEncoder out = BsonEncoder.begin();
    int document = out.start();
    int set = out.start(SET);
    for (FieldUpdate part : parts) {
      Document plain = part.set();
      for (int i = 0; i < plain.size(); i++) {
        out.entry(bytes(plain.nameAt(i)), plain.valueAt(i));
      }
      FieldUpdate.Edits edits = part.edits();
      if (edits != null) {
        lists.add(write(out, edits, paths));
      }
    }
    out.end(set);
    out.entry(CURRENT_DATE, NOW);
    out.end(document);
    return new PlacedEdits(out.finish(), lists);
  }

  private static Ids write(BsonEncoder out, FieldUpdate.Edits edits, Paths paths) {
    byte[] ids = new byte[12 * edits.labels().size()];
    OfList known = paths.of(edits.list());
    int at = 0;
    for (LabelEdit edit : edits.labels()) {
      BsonBytes.putId(ids, at, edit.id());
      at += 12;
      Document changed = edit.changed();
      for (int i = 0; i < changed.size(); i++) {
        out.entry(known.path(edit.place(), changed.nameAt(i)), changed.valueAt(i));
      }
    }
    return new Ids(edits.list(), ids);
  }

  /** The update. */
  RawBsonDocument body() {
    return body;
  }

  /** The update that means the same and finds the labels by their ids. */
  BsonValue byId() {
    Document set = BsonValues.fromRaw(body).getDocument("$set");
    Document.Builder plain = Document.builder();
    List<Reader> readers = new ArrayList<>(lists.size());
    lists.forEach(list -> readers.add(new Reader(list)));
    for (int i = 0; i < set.size(); i++) {
      boolean taken = false;
      for (Reader reader : readers) {
        taken = taken || reader.takes(set.nameAt(i), set.valueAt(i));
      }
      if (!taken) {
        plain.append(set.nameAt(i), set.valueAt(i));
      }
    }
    List<FieldUpdate> parts = new ArrayList<>(readers.size() + 1);
    readers.forEach(reader -> parts.add(reader.update()));
    parts.add(FieldUpdate.of(Document.empty(), plain.build(), List.of()));
    return BsonValues.toBson(FieldUpdate.body(parts));
  }

  /** Makes edits of what an update sets by places. Not thread-safe; for one list of one update. */
  private static final class Reader {
    private final Ids list;
    private final String prefix;
    private final List<LabelEdit> edits = new ArrayList<>();
    private Document.Builder values = Document.builder();
    private String place = "";

    Reader(Ids list) {
      this.list = list;
      this.prefix = list.list + ".";
    }

    boolean takes(String path, @Nullable Object value) {
      if (!path.startsWith(prefix)) {
        return false;
      }
      int end = path.indexOf('.', prefix.length());
      String next = path.substring(prefix.length(), end);
      if (!next.equals(place)) {
        addEdit();
        place = next;
      }
      values.append(path.substring(end + 1), value);
      return true;
    }

    /** Adds the edit of the label whose values were taken. */
    private void addEdit() {
      Document after = values.build();
      if (!after.isEmpty()) {
        int at = 12 * edits.size();
        ObjectId id = BsonBytes.id(list.ids, at);
        edits.add(new LabelEdit(id, Document.empty(), after, after.names(), LabelEdit.NOWHERE));
        values = Document.builder();
      }
    }

    FieldUpdate update() {
      addEdit();
      return FieldUpdate.edits(Condition.of(Document.empty()), list.list, edits);
    }
  }

  /** How much memory the ids take, roughly, in bytes. */
  long held() {
    long held = 0;
    for (Ids list : lists) {
      held += 50 + list.ids.length;
    }
    return held;
  }
}
