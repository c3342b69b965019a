package io.postil.store.mongo;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * Edits of labels of one list that only set properties. The server merges each label with the new
 * values for its id, in one expression. What must hold before, and how the edits are taken back, is
 * read from that expression, so that beside it only values that were there before are remembered.
 *
 * @param list the path of the labels
 * @param former by edit, in the order of the expression, the values before; null if no label had
 *     any, as when an evaluation is made for the first time
 */
record MergedEdits(String list, @Nullable BsonDocument former)
    implements Condition, FieldChange.Back {
  static MergedEdits of(String list, List<LabelEdit> edits) {
    List<Document> former = new ArrayList<>(edits.size());
    boolean any = false;
    for (LabelEdit edit : edits) {
      Document values = edit.former();
      former.add(values);
      any |= !values.isEmpty();
    }
    return new MergedEdits(list, any ? BsonValues.raw(Document.of("former", former)) : null);
  }

  /**
   * The labels with their new values. An index of -1, for a label that is not meant, finds the last
   * value, which is empty.
   */
  static Document expression(Object labels, List<LabelEdit> edits) {
    List<Object> ids = new ArrayList<>(edits.size());
    List<Object> values = new ArrayList<>(edits.size() + 1);
    for (LabelEdit edit : edits) {
      ids.add(edit.id());
      values.add(edit.changed());
    }
    values.add(Document.empty());
    Document index = op("$indexOfArray", Document.of("$literal", ids), "$$this._id");
    Document found = op("$arrayElemAt", Document.of("$literal", values), index);
    return Document.of(
        "$map", Document.of("input", labels, "in", op("$mergeObjects", "$$this", found)));
  }

  private static Document op(String name, Object... arguments) {
    return Document.of(name, Values.listOf(arguments));
  }

  /** The edits that such an expression makes. */
  private List<LabelEdit> edits(Document expression) {
    Document in = expression.getDocument("$map").getDocument("in");
    List<?> found = ((Document) argument(in, "$mergeObjects", 1)).getList("$arrayElemAt");
    List<?> values = literal(found.get(0));
    List<?> ids = literal(argument((Document) found.get(1), "$indexOfArray", 0));
    List<?> before = former == null ? null : BsonValues.fromRaw(former).getList("former");
    List<LabelEdit> edits = new ArrayList<>(ids.size());
    for (int i = 0; i < ids.size(); i++) {
      Document after = (Document) values.get(i);
      Document was = before == null ? Document.empty() : (Document) before.get(i);
      edits.add(new LabelEdit((ObjectId) ids.get(i), was, after, after.names(), LabelEdit.NOWHERE));
    }
    return edits;
  }

  private static Object argument(Document operator, String name, int index) {
    return java.util.Objects.requireNonNull(operator.getList(name).get(index));
  }

  private static List<?> literal(Object operator) {
    return ((Document) operator).getList("$literal");
  }

  // --- what must hold ---------------------------------------------------------------------------

  @Override
  public List<String> paths() {
    return former == null ? List.of(list, list + "._id") : List.of(list);
  }

  @Override
  public Document filter(Document set) {
    List<LabelEdit> edits = edits(set.getDocument(list));
    return former == null
        ? without(edits)
        : Document.of(list, Document.of("$all", edits.stream().map(LabelEdit::condition).toList()));
  }

  /**
   * That labels are there and have no value for any of the names yet: the same as a condition for
   * each label, but one pass through the list, as when an evaluation marks all of them.
   */
  private Document without(List<LabelEdit> edits) {
    Set<String> names = new LinkedHashSet<>();
    List<Object> ids = new ArrayList<>();
    for (LabelEdit edit : edits) {
      names.addAll(edit.names());
      ids.add(edit.id());
    }
    List<Document> any = new ArrayList<>();
    names.forEach(name -> any.add(Document.of(name, Document.of("$ne", null))));
    Document taken = Document.of("_id", Document.of("$in", ids), "$or", any);
    return Document.of(
        list,
        Document.of("$not", Document.of("$elemMatch", taken)),
        list + "._id",
        Document.of("$all", ids));
  }

  // --- the way back -----------------------------------------------------------------------------

  @Override
  public List<FieldUpdate> updates(Document set) {
    List<LabelEdit> back = new ArrayList<>();
    for (LabelEdit edit : edits(set.getDocument(list))) {
      back.add(
          new LabelEdit(edit.id(), edit.after(), edit.before(), edit.names(), LabelEdit.NOWHERE));
    }
    return LabelListChange.edits(list, back);
  }

  @Override
  public long held() {
    return former instanceof org.bson.RawBsonDocument raw ? raw.getByteBuffer().remaining() : 0;
  }
}
