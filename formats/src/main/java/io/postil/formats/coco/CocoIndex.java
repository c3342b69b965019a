package io.postil.formats.coco;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.ProgressListener;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import io.postil.formats.internal.ProblemLog;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one pass over a COCO file finds: categories, images, and for each annotation just its image
 * and where it lies. Some 20 bytes an annotation and 150 an image. Not thread-safe.
 */
final class CocoIndex {
  /** An image as the file describes it; width and height are 0 if they are not given. */
  record Image(
      Object id, String fileName, int width, int height, long offset, int lengthOfExtras) {}

  /** A class. */
  record Category(Object id, String name, Document document) {}

  final List<Image> images = new ArrayList<>();
  final Map<Object, Category> categories = new HashMap<>();
  final List<Category> categoryList = new ArrayList<>();
  boolean hasBoxes;
  boolean hasKeypoints;

  /** Whether the file is a bare list of results. */
  /** Most bytes of a key of the file or of an image that are kept. */
  private static final int MOST_EXTRAS = 1 << 20;

  /** Where a value stands in the file. */
  record Place(long offset, int length) {}

  /** What the file holds beside images, annotations and categories. */
  final Map<String, Place> rootKeys = new LinkedHashMap<>();

  /** Whether images have keys that COCO's readers do not know. */
  boolean hasImageExtras;

  boolean isResults;

  private final Path file;
  private final ProblemLog log;
  private final Map<Object, Integer> numbers = new HashMap<>();
  private int[] imageOf = new int[1024];
  private long[] offsets = new long[1024];
  private int[] lengths = new int[1024];
  private long[] ids = new long[1024];
  private int count;
  private int idCount;

  /** Bytes of a byte order mark, which the parser does not see. */
  private int mark;

  /** The annotations of each image, once they are sorted. */
  private int[] order = new int[0];

  private int[] starts = new int[0];

  private CocoIndex(Path file, ProblemLog log) {
    this.file = file;
    this.log = log;
  }

  /** Reads a file. */
  static CocoIndex read(Path file, ProblemLog log, ProgressListener progress) {
    CocoIndex index = new CocoIndex(file, log);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      index.skipMark(in);
      try (JsonParser parser = CocoJson.factory().createParser(in)) {
        index.readRoot(parser, progress, Files.size(file));
      }
    } catch (JsonProcessingException e) {
      String place =
          e.getLocation() == null
              ? ""
              : ":" + e.getLocation().getLineNr() + ":" + e.getLocation().getColumnNr();
      long at = e.getLocation() == null ? 0 : e.getLocation().getByteOffset();
      throw reject(
          file + place + ": the JSON cannot be read at byte " + at + ": " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new PostilException(
          ErrorCode.UNREADABLE_FILE,
          file + " cannot be read: " + e.getMessage(),
          "Check its permissions and the disk.",
          e);
    }
    index.sort();
    return index;
  }

  static PostilException reject(String message) {
    return new PostilException(
        ErrorCode.INVALID_FILE, message, "Nothing was imported. Correct the file.");
  }

  private void skipMark(InputStream in) throws IOException {
    in.mark(4);
    byte[] start = in.readNBytes(3);
    in.reset();
    if (start.length == 3 && start[0] == (byte) 0xEF && start[1] == (byte) 0xBB) {
      in.skipNBytes(3);
      mark = 3;
    }
  }

  /**
   * An id: a long, or a text where it is none. Digits in quotes are the same id as without.
   *
   * @return null if the token is neither number nor text
   */
  static @Nullable Object key(JsonParser in) throws IOException {
    return switch (in.currentToken()) {
      case VALUE_NUMBER_INT ->
          in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? in.getText()
              : (Object) in.getLongValue();
      case VALUE_STRING -> ofText(in.getText());
      case VALUE_NUMBER_FLOAT -> in.getText();
      default -> null;
    };
  }

  private static Object ofText(String text) {
    int length = text.length();
    if (length == 0 || length > 18 || length > 1 && text.charAt(0) == '0') {
      return text;
    }
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return text;
      }
    }
    return Long.valueOf(text);
  }

  private void readRoot(JsonParser in, ProgressListener progress, long size) throws IOException {
    JsonToken root = in.nextToken();
    if (root == null) {
      throw reject(file + " is empty");
    }
    if (root == JsonToken.START_ARRAY) {
      isResults = true;
      readAnnotations(in, progress, size);
    } else if (root == JsonToken.START_OBJECT) {
      boolean any = false;
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String name = in.currentName();
        in.nextToken();
        switch (name) {
          case "categories" -> readCategories(in);
          case "images" -> {
            readImages(in);
            any = true;
          }
          case "annotations" -> readAnnotations(in, progress, size);
          default -> {
            long offset = offset(in);
            in.skipChildren();
            addRootKey(name, offset, endOffset(in) - offset);
          }
        }
      }
      if (!any) {
        throw reject(file + " is no COCO file: it has no images");
      }
    } else {
      throw reject(file + " is no COCO file: it holds neither an object nor a list");
    }
    if (in.nextToken() != null) {
      throw reject(file + " has text after the end of its JSON");
    }
  }

  private void addRootKey(String name, long offset, long length) {
    if (length <= MOST_EXTRAS) {
      rootKeys.put(name, new Place(offset, (int) length));
    } else {
      log.warning(file, offset, name, "is too large to be kept: " + length + " bytes");
    }
  }

  private void requireList(JsonParser in, String name) {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      throw reject(
          file
              + ":"
              + in.currentTokenLocation().getLineNr()
              + ":"
              + in.currentTokenLocation().getColumnNr()
              + ": "
              + name
              + " must be a list");
    }
  }

  private void readCategories(JsonParser in) throws IOException {
    requireList(in, "categories");
    Map<String, Object> names = new HashMap<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      long offset = offset(in);
      if (!(Json.readValue(in) instanceof Document category)
          || category.get("id") == null
          || !(category.get("name") instanceof String name)) {
        log.problem(file, offset, "a category", "needs an id and a name");
        continue;
      }
      Object id = normalKey(category.get("id"));
      Category old = categories.put(id, new Category(id, name, category));
      if (old != null) {
        log.problem(file, offset, "category " + id, "its id is used twice");
        continue;
      }
      categoryList.add(new Category(id, name, category));
      if (names.put(name, id) != null) {
        log.warning(
            file, offset, "category " + id, "the name " + name + " is used twice, as one class");
      }
    }
  }

  /** Needs the ids sorted. */
  private void reportRepeatedIds() {
    for (int i = 0, next; i < idCount; i = next) {
      next = i + 1;
      while (next < idCount && ids[next] == ids[i]) {
        next++;
      }
      if (next > i + 1) {
        log.warning(
            file,
            -1,
            "annotation " + ids[i],
            "its id is used " + (next - i) + " times; all are imported");
      }
    }
  }

  private static Object normalKey(@Nullable Object id) {
    return id instanceof Number n && !(id instanceof Double)
        ? (Object) n.longValue()
        : ofText(String.valueOf(id));
  }

  private void readImages(JsonParser in) throws IOException {
    requireList(in, "images");
    while (in.nextToken() != JsonToken.END_ARRAY) {
      long offset = offset(in);
      if (in.currentToken() != JsonToken.START_OBJECT) {
        log.problem(file, offset, "an image", "is no object");
        in.skipChildren();
        continue;
      }
      Object id = null;
      String fileName = null;
      double width = 0;
      double height = 0;
      boolean extras = false;
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String name = in.currentName();
        in.nextToken();
        switch (name) {
          case "id" -> id = key(in);
          case "file_name" -> fileName = in.getValueAsString();
          case "width" -> width = size(in);
          case "height" -> height = size(in);
          default -> extras = true;
        }
        in.skipChildren();
      }
      long length = endOffset(in) - offset;
      if (extras && length > MOST_EXTRAS) {
        log.warning(file, offset, "image " + fileName, "is too large to keep all its keys");
        extras = false;
      }
      add(offset, id, fileName, width, height, extras ? (int) length : 0);
    }
  }

  /** A size in pixels, 0 if it is left open, NaN if it is nonsense. */
  private static double size(JsonParser in) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return 0;
    }
    double value = in.currentToken().isNumeric() ? in.getDoubleValue() : Double.NaN;
    return value >= 1 && value <= 1_000_000 ? value : Double.NaN;
  }

  private void add(
      long offset,
      @Nullable Object id,
      @Nullable String fileName,
      double width,
      double height,
      int lengthOfExtras) {
    if (id == null || fileName == null || fileName.isBlank()) {
      log.problem(file, offset, "an image", "needs an id and a file_name");
    } else if (Double.isNaN(width) || Double.isNaN(height)) {
      log.problem(file, offset, "image " + fileName, "its width and height must be at least 1");
    } else {
      int number = numberOf(id);
      while (images.size() <= number) {
        images.add(NONE);
      }
      if (images.get(number) != NONE) {
        log.problem(file, offset, "image " + fileName, "its id " + id + " is used twice");
      } else {
        images.set(
            number, new Image(id, fileName, (int) width, (int) height, offset, lengthOfExtras));
        hasImageExtras |= lengthOfExtras > 0;
      }
    }
  }

  /** Stands for an image that annotations name and that is not in the list. */
  static final Image NONE = new Image("", "", 0, 0, -1, 0);

  private int numberOf(Object id) {
    Integer number = numbers.get(id);
    if (number == null) {
      number = numbers.size();
      numbers.put(id, number);
    }
    return number;
  }

  /** Where the value that was just read or skipped ends. */
  private long endOffset(JsonParser in) throws IOException {
    in.finishToken();
    return in.currentLocation().getByteOffset() + mark;
  }

  private long offset(JsonParser in) {
    return in.currentTokenLocation().getByteOffset() + mark;
  }

  private void readAnnotations(JsonParser in, ProgressListener progress, long size)
      throws IOException {
    requireList(in, isResults ? "the results" : "annotations");
    while (in.nextToken() != JsonToken.END_ARRAY) {
      long offset = offset(in);
      if (in.currentToken() != JsonToken.START_OBJECT) {
        log.problem(file, offset, "annotation number " + (count + 1), "is no object");
        in.skipChildren();
        continue;
      }
      Object image = null;
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String name = in.currentName();
        in.nextToken();
        switch (name) {
          case "image_id" -> image = key(in);
          case "id" -> {
            if (in.currentToken() == JsonToken.VALUE_NUMBER_INT
                && in.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
              note(in.getLongValue());
            }
          }
          case "bbox", "segmentation" -> hasBoxes |= in.currentToken() != JsonToken.VALUE_NULL;
          case "keypoints" -> hasKeypoints |= in.currentToken() == JsonToken.START_ARRAY;
          default -> {}
        }
        in.skipChildren();
      }
      long end = in.currentLocation().getByteOffset() + mark;
      if (image == null) {
        log.problem(file, offset, "annotation number " + (count + 1), "needs an image_id");
      } else {
        put(numberOf(image), offset, (int) Math.min(Integer.MAX_VALUE, end - offset));
      }
      if (count % 20_000 == 0) {
        progress.progress("reading " + file.getFileName(), end, size);
      }
    }
  }

  private void note(long id) {
    if (idCount == ids.length) {
      ids = Arrays.copyOf(ids, idCount * 2);
    }
    ids[idCount++] = id;
  }

  private void put(int image, long offset, int length) {
    if (count == imageOf.length) {
      imageOf = Arrays.copyOf(imageOf, count * 2);
      offsets = Arrays.copyOf(offsets, count * 2);
      lengths = Arrays.copyOf(lengths, count * 2);
    }
    imageOf[count] = image;
    offsets[count] = offset;
    lengths[count++] = length;
  }

  /** Sorts the annotations by image, keeping the file's order within one. */
  private void sort() {
    starts = new int[numbers.size() + 1];
    for (int i = 0; i < count; i++) {
      starts[imageOf[i] + 1]++;
    }
    for (int i = 1; i < starts.length; i++) {
      starts[i] += starts[i - 1];
    }
    int[] next = starts.clone();
    order = new int[count];
    for (int i = 0; i < count; i++) {
      order[next[imageOf[i]]++] = i;
    }
    imageOf = new int[0];
    while (images.size() < numbers.size()) {
      images.add(NONE);
    }
    Arrays.sort(ids, 0, idCount);
    reportRepeatedIds();
    ids = new long[0];
  }

  /** Number of annotations. */
  int annotationCount() {
    return count;
  }

  /** Number of ids of images, those included that only annotations name. */
  int imageCount() {
    return images.size();
  }

  /** The number of an image's id, or -1. */
  int find(Object id) {
    return numbers.getOrDefault(id, -1);
  }

  /** The image ids by their numbers. */
  Object[] idsByNumber() {
    Object[] keys = new Object[numbers.size()];
    numbers.forEach((key, number) -> keys[number] = key);
    return keys;
  }

  /** What hears of each annotation of an image. */
  interface AnnotationVisitor {
    void annotation(long offset, int length) throws IOException;
  }

  /** Calls the visitor with the place of each annotation of an image, in the file's order. */
  void annotations(int image, AnnotationVisitor visitor) throws IOException {
    for (int i = starts[image]; i < starts[image + 1]; i++) {
      visitor.annotation(offsets[order[i]], lengths[order[i]]);
    }
  }
}
