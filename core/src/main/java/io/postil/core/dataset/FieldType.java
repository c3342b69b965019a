package io.postil.core.dataset;

import org.jspecify.annotations.Nullable;

/** The type of a field, after FiftyOne's field classes. */
public enum FieldType {
  STRING("StringField", "str"),
  INT("IntField", "int"),
  FLOAT("FloatField", "float"),
  BOOLEAN("BooleanField", "bool"),
  DATE("DateField", "date"),
  DATETIME("DateTimeField", "datetime"),
  OBJECT_ID("ObjectIdField", "objectid"),
  LIST("ListField", "list"),
  DICT("DictField", "dict"),
  VECTOR("VectorField", "vector"),
  ARRAY("ArrayField", "array"),
  FRAME_NUMBER("FrameNumberField", "frame_number"),
  FRAME_SUPPORT("FrameSupportField", "frame_support"),
  /** A document of a class of its own: a label, metadata, a group or anything embedded. */
  EMBEDDED("EmbeddedDocumentField", "embedded"),
  /** A type Postil does not know; its FiftyOne class is among the field's extras. */
  OTHER("Field", "other");

  private final String fiftyOneClass;
  private final String id;

  FieldType(String fiftyOneClass, String id) {
    this.fiftyOneClass = fiftyOneClass;
    this.id = id;
  }

  /** The name of FiftyOne's class without its package, such as {@code IntField}. */
  public String fiftyOneClass() {
    return fiftyOneClass;
  }

  /** A short name, such as {@code int}. */
  public String id() {
    return id;
  }

  /** The type of a short name, or null for an unknown one. */
  public static @Nullable FieldType ofId(String id) {
    for (FieldType type : values()) {
      if (type.id.equals(id)) {
        return type;
      }
    }
    return null;
  }

  /** The type of a FiftyOne class name, with or without its package. */
  public static FieldType ofFiftyOneClass(String name) {
    String simple = name.substring(name.lastIndexOf('.') + 1);
    for (FieldType type : values()) {
      if (type.fiftyOneClass.equals(simple)) {
        return type;
      }
    }
    return OTHER;
  }
}
