package io.postil.store.mongo;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.dataset.DatasetInfo;
import io.postil.core.dataset.FieldSpec;
import io.postil.core.dataset.LabelAttributes;
import io.postil.core.label.LabelDocuments;
import io.postil.core.store.LabelRewrite;
import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/**
 * Deletes and renames fields, and attributes of labels, everywhere at once: by their names, which
 * no other program's labels are in the way of. Not thread-safe.
 */
abstract class FieldWriter extends SampleWriter {
  FieldWriter(Connection connection, Change change, ObjectId changeId, Document document) {
    super(connection, change, changeId, document);
  }

  private void expectMany() {
    if (change.isTransaction() && reader().count() > MANY) {
      change.expectLarge();
    }
  }

  /**
   * Moves the values to a name that nobody knows and removes them there at the end, when they need
   * not come back any more: a field of the same name may be declared meanwhile.
   */
  @Override
  public void deleteField(String name) {
    FieldSpec spec = field(name);
    expectMany();
    putInfo(reader().info().withoutField(name));
    String collection = collectionOf(name);
    String hidden = "_deleted_" + ObjectId.create();
    Op back = renaming(collection, hidden, spec.name(), Op.LAST);
    add(renaming(collection, spec.name(), hidden, new Op.Undo.By(back)));
    Document exists = Document.of(hidden, Document.of("$exists", true));
    Document unset = Document.of("$unset", Document.of(hidden, true));
    add(Op.updateMany(collection, BsonValues.toBson(exists), BsonValues.toBson(unset), Op.LAST));
  }

  private String collectionOf(String field) {
    return field.startsWith(DatasetInfo.FRAMES)
        ? reader.frameCollection()
        : reader.sampleCollection();
  }

  @Override
  public void renameField(String name, String newName) {
    FieldSpec spec = field(name);
    DatasetInfo info = reader().info();
    boolean frames = name.startsWith(DatasetInfo.FRAMES);
    if (frames != newName.startsWith(DatasetInfo.FRAMES)) {
      throw new PostilException(
          ErrorCode.INVALID_NAME,
          "field " + name + " cannot become " + newName,
          "Both names must begin with " + DatasetInfo.FRAMES + " or neither.");
    }
    if (info.field(newName).isPresent()) {
      throw new PostilException(
          ErrorCode.FIELD_EXISTS,
          "dataset " + info.name() + " has a field " + newName + " already",
          "Choose another name, or delete that field first.");
    }
    expectMany();
    String plain = frames ? newName.substring(DatasetInfo.FRAMES.length()) : newName;
    List<@Nullable Object> fields = new ArrayList<>();
    String list = frames ? "frame_fields" : "sample_fields";
    for (Object element : reader.document().getList(list)) {
      fields.add(
          element instanceof Document d && spec.name().equals(d.getString("name"))
              ? d.with("name", plain).with("db_field", plain)
              : element);
    }
    updateDataset(Document.of(list, Values.list(fields)), List.of());
    Op undo = renaming(collectionOf(name), plain, spec.name(), Op.LAST);
    add(renaming(collectionOf(name), spec.name(), plain, new Op.Undo.By(undo)));
  }

  @Override
  public void deleteAttributes(String name, List<String> names) {
    FieldSpec spec = field(name);
    if (names.isEmpty()) {
      return;
    }
    if (!names.stream().allMatch(FieldWriter::isAttributePath)) {
      LabelRewrite.attributes(this, List.of(name), attributes -> without(attributes, names));
      return;
    }
    expectMany();
    String list = LabelAttributes.listName(spec);
    String labels = list == null ? spec.name() : spec.name() + "." + list;
    List<Document> any = new ArrayList<>();
    Document.Builder unset = Document.builder();
    for (String attribute : names) {
      any.add(Document.of(labels + "." + attribute, Document.of("$exists", true)));
      unset.put((list == null ? labels : labels + ".$[]") + "." + attribute, true);
    }
    Document having = Document.of("$or", any);
    if (list != null) {
      having = having.with(labels, Document.of("$type", "array"));
    }
    Document update =
        Document.of(
            "$unset", unset.build(), "$currentDate", Document.of(FieldUpdate.MODIFIED, true));
    add(
        Op.updateMany(
            collectionOf(name), BsonValues.toBson(having), BsonValues.toBson(update), Op.LAST));
  }

  private static boolean isAttributePath(String name) {
    return FieldConditions.isPlainName(name) && !LabelDocuments.isOwnProperty(name);
  }

  private static Document without(Document attributes, List<String> names) {
    Document.Builder kept = attributes.toBuilder();
    names.forEach(kept::remove);
    return kept.build();
  }

  private static Op renaming(String collection, String from, String to, Op.Undo undo) {
    BsonDocument update =
        new BsonDocument("$rename", new BsonDocument(from, new BsonString(to)))
            .append("$currentDate", new BsonDocument(FieldUpdate.MODIFIED, BsonBoolean.TRUE));
    BsonDocument exists = new BsonDocument(from, new BsonDocument("$exists", BsonBoolean.TRUE));
    return Op.updateMany(collection, exists, update, undo);
  }
}
