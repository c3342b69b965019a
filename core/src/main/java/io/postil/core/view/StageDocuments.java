package io.postil.core.view;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.core.value.ObjectId;
import io.postil.core.value.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Stages in FiftyOne's serialised form and back. Stateless. */
public final class StageDocuments {
  private static final String PACKAGE = "fiftyone.core.stages.";

  private StageDocuments() {}

  /**
   * Reads a list of serialised stages.
   *
   * @param value a list of documents, or of JSON texts as FiftyOne stores them
   * @throws PostilException with {@code INVALID_VIEW} if it is anything else
   */
  public static ViewDefinition view(@Nullable Object value) {
    if (!(value instanceof List<?> list)) {
      throw new PostilException(ErrorCode.INVALID_VIEW, "a view is a list of stages");
    }
    List<Stage> stages = new ArrayList<>();
    for (Object element : list) {
      Object stage = element instanceof String json ? Json.read(json) : element;
      if (!(stage instanceof Document document)) {
        throw new PostilException(
            ErrorCode.INVALID_VIEW, "stage " + (stages.size() + 1) + " of the view is no document");
      }
      stages.add(parse(document));
    }
    return new ViewDefinition(stages);
  }

  /** The serialised stages of a view. */
  public static List<@Nullable Object> toList(ViewDefinition view) {
    return Values.list(view.stages().stream().map(StageDocuments::toDocument).toList());
  }

  /** Reads one serialised stage. */
  public static Stage parse(Document document) {
    String cls = document.getString("_cls", "");
    Arguments in = new Arguments(document);
    String name = cls.startsWith(PACKAGE) ? cls.substring(PACKAGE.length()) : "";
    try {
      Stage stage =
          switch (name) {
            case "Select" -> new Stage.Select(in.ids("sample_ids"), in.flag("ordered"));
            case "Exclude" -> new Stage.Exclude(in.ids("sample_ids"));
            case "SelectBy" ->
                new Stage.SelectBy(in.text("field"), in.list("values"), in.flag("ordered"));
            case "ExcludeBy" -> new Stage.ExcludeBy(in.text("field"), in.list("values"));
            case "Limit" -> new Stage.Limit(in.integer("limit"));
            case "Skip" -> new Stage.Skip(in.integer("skip"));
            case "Take" ->
                new Stage.Take(in.integer("size"), in.valueOrNull("seed"), in.integer("_randint"));
            case "Shuffle" -> new Stage.Shuffle(in.valueOrNull("seed"), in.integer("_randint"));
            case "SortBy" ->
                new Stage.SortBy(
                    in.value("field_or_expr"), in.flag("reverse"), in.valueOrNull("create_index"));
            case "Match" -> new Stage.Match(in.valueOrNull("filter"));
            case "MatchTags" ->
                new Stage.MatchTags(in.list("tags"), in.flagOrNull("bool"), in.flag("all"));
            case "MatchLabels" ->
                new Stage.MatchLabels(
                    in.listOrNull("labels"),
                    in.listOrNull("ids"),
                    in.listOrNull("instance_ids"),
                    in.listOrNull("tags"),
                    in.valueOrNull("filter"),
                    in.listOrNull("fields"),
                    in.flagOrNull("bool"));
            case "Exists" -> new Stage.Exists(in.text("field"), in.flagOrNull("bool"));
            case "FilterLabels" ->
                new Stage.FilterLabels(
                    in.text("field"),
                    in.valueOrNull("filter"),
                    in.flag("only_matches", true),
                    in.flag("trajectories"));
            case "FilterField" ->
                new Stage.FilterField(
                    in.text("field"), in.valueOrNull("filter"), in.flag("only_matches", true));
            case "FilterKeypoints" ->
                new Stage.FilterKeypoints(
                    in.text("field"),
                    in.valueOrNull("filter"),
                    in.valueOrNull("labels"),
                    in.flag("only_matches", true));
            case "SelectLabels" ->
                new Stage.SelectLabels(
                    in.listOrNull("labels"),
                    in.listOrNull("ids"),
                    in.listOrNull("instance_ids"),
                    in.listOrNull("tags"),
                    in.listOrNull("fields"),
                    in.flag("omit_empty", true));
            case "ExcludeLabels" ->
                new Stage.ExcludeLabels(
                    in.listOrNull("labels"),
                    in.listOrNull("ids"),
                    in.listOrNull("instance_ids"),
                    in.listOrNull("tags"),
                    in.listOrNull("fields"),
                    in.flag("omit_empty", true));
            case "SelectFields" ->
                new Stage.SelectFields(
                    in.listOrNull("field_names"),
                    in.valueOrNull("meta_filter"),
                    in.flag("_allow_missing"));
            case "ExcludeFields" ->
                new Stage.ExcludeFields(
                    in.listOrNull("field_names"),
                    in.valueOrNull("meta_filter"),
                    in.flag("_allow_missing"));
            case "LimitLabels" -> new Stage.LimitLabels(in.text("field"), in.integer("limit"));
            case "MapLabels" -> new Stage.MapLabels(in.text("field"), in.value("map"));
            case "MapValues" -> new Stage.MapValues(in.text("field"), in.value("map"));
            case "SetField" ->
                new Stage.SetField(
                    in.text("field"), in.valueOrNull("expr"), in.flag("_allow_missing"));
            case "MatchFrames" ->
                new Stage.MatchFrames(in.valueOrNull("filter"), in.flag("omit_empty", true));
            case "SelectFrames" ->
                new Stage.SelectFrames(in.list("frame_ids"), in.flag("omit_empty", true));
            case "ExcludeFrames" ->
                new Stage.ExcludeFrames(in.list("frame_ids"), in.flag("omit_empty", true));
            case "SelectGroupSlices" ->
                new Stage.SelectGroupSlices(
                    in.valueOrNull("slices"),
                    in.valueOrNull("media_type"),
                    in.flag("flat", true),
                    in.flag("_allow_mixed"),
                    in.flag("_force_mixed"));
            case "ExcludeGroupSlices" ->
                new Stage.ExcludeGroupSlices(
                    in.valueOrNull("slices"), in.valueOrNull("media_type"));
            case "GroupBy" ->
                new Stage.GroupBy(
                    in.valueOrNull("field_or_expr"),
                    in.valueOrNull("order_by"),
                    in.flag("reverse"),
                    in.flag("flat"),
                    in.valueOrNull("match_expr"),
                    in.valueOrNull("sort_expr"),
                    in.valueOrNull("create_index"),
                    in.valueOrNull("order_by_key"));
            case "Flatten" -> new Stage.Flatten(in.valueOrNull("stages"));
            case "Concat" -> new Stage.Concat(in.value("samples"));
            case "Mongo" ->
                new Stage.Mongo(
                    in.list("pipeline"),
                    in.valueOrNull("_needs_frames"),
                    in.valueOrNull("_group_slices"));
            case "ToPatches" ->
                new Stage.ToPatches(
                    in.text("field"), in.valueOrNull("config"), in.valueOrNull("_state"));
            case "ToFrames" ->
                new Stage.ToFrames(in.valueOrNull("config"), in.valueOrNull("_state"));
            case "ToClips" ->
                new Stage.ToClips(
                    in.value("field_or_expr"), in.valueOrNull("config"), in.valueOrNull("_state"));
            default -> new Stage.Unknown(document);
          };
      return in.allUsed() ? stage : new Stage.Unknown(document);
    } catch (Arguments.Misfit e) {
      throw new PostilException(
          ErrorCode.INVALID_VIEW, "stage " + name + ": " + e.getMessage(), null, e);
    }
  }

  /** The serialised form of a stage. */
  public static Document toDocument(Stage stage) {
    return switch (stage) {
      case Stage.Select s ->
          document("Select", "sample_ids", s.sampleIds(), "ordered", s.ordered());
      case Stage.Exclude s -> document("Exclude", "sample_ids", s.sampleIds());
      case Stage.SelectBy s ->
          document("SelectBy", "field", s.field(), "values", s.values(), "ordered", s.ordered());
      case Stage.ExcludeBy s -> document("ExcludeBy", "field", s.field(), "values", s.values());
      case Stage.Limit s -> document("Limit", "limit", s.limit());
      case Stage.Skip s -> document("Skip", "skip", s.skip());
      case Stage.Take s ->
          document("Take", "size", s.size(), "seed", s.seed(), "_randint", s.randint());
      case Stage.Shuffle s -> document("Shuffle", "seed", s.seed(), "_randint", s.randint());
      case Stage.SortBy s ->
          document(
              "SortBy",
              "field_or_expr",
              s.fieldOrExpr(),
              "reverse",
              s.reverse(),
              "create_index",
              s.createIndex());
      case Stage.Match s -> document("Match", "filter", s.filter());
      case Stage.MatchTags s ->
          document("MatchTags", "tags", s.tags(), "bool", s.bool(), "all", s.all());
      case Stage.MatchLabels s ->
          document(
              "MatchLabels",
              "labels",
              s.labels(),
              "ids",
              s.ids(),
              "instance_ids",
              s.instanceIds(),
              "tags",
              s.tags(),
              "filter",
              s.filter(),
              "fields",
              s.fields(),
              "bool",
              s.bool());
      case Stage.Exists s -> document("Exists", "field", s.field(), "bool", s.bool());
      case Stage.FilterLabels s ->
          document(
              "FilterLabels",
              "field",
              s.field(),
              "filter",
              s.filter(),
              "only_matches",
              s.onlyMatches(),
              "trajectories",
              s.trajectories());
      case Stage.FilterField s ->
          document(
              "FilterField",
              "field",
              s.field(),
              "filter",
              s.filter(),
              "only_matches",
              s.onlyMatches());
      case Stage.FilterKeypoints s ->
          document(
              "FilterKeypoints",
              "field",
              s.field(),
              "filter",
              s.filter(),
              "labels",
              s.labels(),
              "only_matches",
              s.onlyMatches());
      case Stage.SelectLabels s ->
          document(
              "SelectLabels",
              "labels",
              s.labels(),
              "ids",
              s.ids(),
              "instance_ids",
              s.instanceIds(),
              "tags",
              s.tags(),
              "fields",
              s.fields(),
              "omit_empty",
              s.omitEmpty());
      case Stage.ExcludeLabels s ->
          document(
              "ExcludeLabels",
              "labels",
              s.labels(),
              "ids",
              s.ids(),
              "instance_ids",
              s.instanceIds(),
              "tags",
              s.tags(),
              "fields",
              s.fields(),
              "omit_empty",
              s.omitEmpty());
      case Stage.SelectFields s ->
          document(
              "SelectFields",
              "field_names",
              s.fieldNames(),
              "meta_filter",
              s.metaFilter(),
              "_allow_missing",
              s.allowMissing());
      case Stage.ExcludeFields s ->
          document(
              "ExcludeFields",
              "field_names",
              s.fieldNames(),
              "meta_filter",
              s.metaFilter(),
              "_allow_missing",
              s.allowMissing());
      case Stage.LimitLabels s -> document("LimitLabels", "field", s.field(), "limit", s.limit());
      case Stage.MapLabels s -> document("MapLabels", "field", s.field(), "map", s.map());
      case Stage.MapValues s -> document("MapValues", "field", s.field(), "map", s.map());
      case Stage.SetField s ->
          document(
              "SetField", "field", s.field(), "expr", s.expr(), "_allow_missing", s.allowMissing());
      case Stage.MatchFrames s ->
          document("MatchFrames", "filter", s.filter(), "omit_empty", s.omitEmpty());
      case Stage.SelectFrames s ->
          document("SelectFrames", "frame_ids", s.frameIds(), "omit_empty", s.omitEmpty());
      case Stage.ExcludeFrames s ->
          document("ExcludeFrames", "frame_ids", s.frameIds(), "omit_empty", s.omitEmpty());
      case Stage.SelectGroupSlices s ->
          document(
              "SelectGroupSlices",
              "slices",
              s.slices(),
              "media_type",
              s.mediaType(),
              "flat",
              s.flat(),
              "_allow_mixed",
              s.allowMixed(),
              "_force_mixed",
              s.forceMixed());
      case Stage.ExcludeGroupSlices s ->
          document("ExcludeGroupSlices", "slices", s.slices(), "media_type", s.mediaType());
      case Stage.GroupBy s ->
          document(
              "GroupBy",
              "field_or_expr",
              s.fieldOrExpr(),
              "order_by",
              s.orderBy(),
              "reverse",
              s.reverse(),
              "flat",
              s.flat(),
              "match_expr",
              s.matchExpr(),
              "sort_expr",
              s.sortExpr(),
              "create_index",
              s.createIndex(),
              "order_by_key",
              s.orderByKey());
      case Stage.Flatten s -> document("Flatten", "stages", s.stages());
      case Stage.Concat s -> document("Concat", "samples", s.samples());
      case Stage.Mongo s ->
          document(
              "Mongo",
              "pipeline",
              s.pipeline(),
              "_needs_frames",
              s.needsFrames(),
              "_group_slices",
              s.groupSlices());
      case Stage.ToPatches s ->
          document("ToPatches", "field", s.field(), "config", s.config(), "_state", s.state());
      case Stage.ToFrames s -> document("ToFrames", "config", s.config(), "_state", s.state());
      case Stage.ToClips s ->
          document(
              "ToClips",
              "field_or_expr",
              s.fieldOrExpr(),
              "config",
              s.config(),
              "_state",
              s.state());
      case Stage.Unknown s -> s.document();
    };
  }

  private static Document document(String name, @Nullable Object... arguments) {
    List<Object> kwargs = new ArrayList<>();
    for (int i = 0; i < arguments.length; i += 2) {
      Object value = arguments[i + 1];
      if (value instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof ObjectId) {
        value = list.stream().map(Object::toString).toList();
      }
      kwargs.add(Values.listOf(arguments[i], value));
    }
    return Document.of("_cls", PACKAGE + name, "kwargs", Values.list(kwargs));
  }

  /** The named arguments of one serialised stage. */
  private static final class Arguments {
    /** An argument of a wrong type. */
    static final class Misfit extends RuntimeException {
      private static final long serialVersionUID = 1L;

      Misfit(String message) {
        super(message);
      }
    }

    private final Document kwargs;
    private final Set<String> used = new java.util.HashSet<>();

    Arguments(Document stage) {
      Document.Builder builder = Document.builder();
      for (Object pair : stage.getList("kwargs")) {
        if (pair instanceof List<?> p && p.size() == 2 && p.get(0) instanceof String name) {
          builder.put(name, p.get(1));
        }
      }
      kwargs = builder.build();
    }

    boolean allUsed() {
      return used.containsAll(kwargs.names());
    }

    @Nullable Object valueOrNull(String name) {
      used.add(name);
      return kwargs.get(name);
    }

    Object value(String name) {
      Object value = valueOrNull(name);
      if (value == null) {
        throw new Misfit(name + " is missing");
      }
      return value;
    }

    String text(String name) {
      return value(name) instanceof String s ? s : fail(name, "a text");
    }

    long integer(String name) {
      return valueOrNull(name) instanceof Number n
          ? n.longValue()
          : StageDocuments.Arguments.<Long>fail(name, "a number");
    }

    boolean flag(String name) {
      return flag(name, false);
    }

    /** A flag that has a value of its own where the stage leaves it out. */
    boolean flag(String name, boolean otherwise) {
      return kwargs.contains(name) ? Boolean.TRUE.equals(valueOrNull(name)) : otherwise;
    }

    @Nullable Boolean flagOrNull(String name) {
      return valueOrNull(name) instanceof Boolean b ? b : null;
    }

    List<?> list(String name) {
      Object value = valueOrNull(name);
      return value instanceof List<?> l ? l : value == null ? List.of() : List.of(value);
    }

    @Nullable List<?> listOrNull(String name) {
      Object value = valueOrNull(name);
      return value == null ? null : value instanceof List<?> l ? l : List.of(value);
    }

    List<ObjectId> ids(String name) {
      List<ObjectId> ids = new ArrayList<>();
      for (Object id : list(name)) {
        if (id instanceof ObjectId o) {
          ids.add(o);
        } else if (id instanceof String s && ObjectId.isValid(s)) {
          ids.add(ObjectId.of(s));
        } else {
          fail(name, "a list of ids, not " + id);
        }
      }
      return ids;
    }

    private static <T> T fail(String name, String expected) {
      throw new Misfit(name + " must be " + expected);
    }
  }
}
