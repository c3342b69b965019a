package io.postil.formats.coco;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.postil.core.value.Document;
import io.postil.core.value.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One entry of {@code annotations} as it was read; what could not be read is in the faults. */
final class CocoAnnotation {
  /** Keys that follow from others and are worked out anew on export. */
  private static final List<String> DERIVED = List.of("area", "num_keypoints", "image_id");

  String id = "";
  @Nullable Object category;
  double @Nullable [] box;
  @Nullable Double score;
  double @Nullable [] keypoints;
  @Nullable List<double[]> rings;
  long @Nullable [] runs;
  long @Nullable [] maskSize;
  List<String> tags = List.of();
  @Nullable Integer index;
  final Document.Builder attributes = Document.builder();

  /** Faults that make the whole annotation useless. */
  final List<String> faults = new ArrayList<>();

  /** Faults of a part; the rest can be used. */
  final List<String> partFaults = new ArrayList<>();

  /** Thrown inside when a list of numbers is not one. */
  private static final class NotNumbers extends Exception {
    private static final long serialVersionUID = 1L;

    NotNumbers(String message) {
      super(message, null, false, false);
    }
  }

  /** Reads the object that the parser stands on the start of. */
  static CocoAnnotation read(JsonParser in) throws IOException {
    CocoAnnotation annotation = new CocoAnnotation();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      in.nextToken();
      annotation.readValue(in, name);
    }
    return annotation;
  }

  private void readValue(JsonParser in, String name) throws IOException {
    switch (name) {
      case "id" -> {
        id = in.getValueAsString("");
        in.skipChildren();
      }
      case "category_id" -> {
        category = CocoIndex.key(in);
        in.skipChildren();
      }
      case "bbox" -> readBox(in);
      case "score" -> {
        if (in.currentToken().isNumeric() && Double.isFinite(in.getDoubleValue())) {
          score = in.getDoubleValue();
        } else if (in.currentToken() != JsonToken.VALUE_NULL) {
          faults.add("score is not a finite number");
          in.skipChildren();
        }
      }
      case "segmentation" -> readSegmentation(in);
      case "keypoints" -> readKeypoints(in);
      case "attributes" -> readAttributes(in);
      case "tags" -> readTags(in);
      case "index" -> readIndex(in);
      default -> {
        if (DERIVED.contains(name)) {
          in.skipChildren();
        } else {
          attributes.put(name, Json.readValue(in));
        }
      }
    }
  }

  private void readBox(JsonParser in) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    try {
      double[] numbers = numbers(in);
      if (numbers.length == 0) {
        return;
      }
      if (numbers.length == 4) {
        box = numbers;
      } else {
        faults.add("bbox has " + numbers.length + " numbers instead of 4");
      }
    } catch (NotNumbers e) {
      faults.add("bbox holds " + e.getMessage());
    }
  }

  private void readKeypoints(JsonParser in) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    try {
      double[] numbers = numbers(in);
      if (numbers.length % 3 == 0) {
        keypoints = numbers;
      } else {
        partFaults.add("keypoints has " + numbers.length + " numbers, which is no multiple of 3");
      }
    } catch (NotNumbers e) {
      partFaults.add("keypoints holds " + e.getMessage());
    }
  }

  private void readSegmentation(JsonParser in) throws IOException {
    switch (in.currentToken()) {
      case START_ARRAY -> readRings(in);
      case START_OBJECT -> readRuns(in);
      case VALUE_NULL -> {}
      default -> partFaults.add("segmentation is neither a list of rings nor RLE");
    }
  }

  private void readRings(JsonParser in) throws IOException {
    List<double[]> found = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      try {
        double[] ring = numbers(in);
        if (ring.length % 2 != 0) {
          partFaults.add("a polygon has an odd number of coordinates: " + ring.length);
        } else if (ring.length < 6) {
          partFaults.add("a polygon has fewer than 3 points");
        } else {
          found.add(ring);
        }
      } catch (NotNumbers e) {
        partFaults.add("a polygon holds " + e.getMessage());
      }
    }
    rings = found.isEmpty() ? null : found;
  }

  private void readRuns(JsonParser in) throws IOException {
    try {
      long[] counts = null;
      long[] size = null;
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String name = in.currentName();
        in.nextToken();
        if (name.equals("counts")) {
          counts =
              in.currentToken() == JsonToken.VALUE_STRING
                  ? Rle.unpack(in.getText())
                  : longs(numbers(in));
        } else if (name.equals("size")) {
          size = longs(numbers(in));
        } else {
          in.skipChildren();
        }
      }
      if (counts == null || size == null || size.length != 2) {
        partFaults.add("RLE needs counts and a size of two numbers");
      } else {
        runs = counts;
        maskSize = size;
      }
    } catch (NotNumbers | IllegalArgumentException e) {
      partFaults.add("RLE " + e.getMessage());
      leaveObject(in);
    }
  }

  /** Skips the rest of the segmentation object after a fault in it. */
  private static void leaveObject(JsonParser in) throws IOException {
    while (in.currentToken() != JsonToken.END_OBJECT) {
      in.nextToken();
      in.skipChildren();
    }
  }

  private void readAttributes(JsonParser in) throws IOException {
    Object value = Json.readValue(in);
    if (value instanceof Document nested) {
      nested.forEach(
          (name, v) -> {
            if (!attributes.contains(name)) {
              attributes.put(name, v);
            }
          });
    } else {
      attributes.put("attributes", value);
    }
  }

  private void readTags(JsonParser in) throws IOException {
    Object value = Json.readValue(in);
    if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
      tags = list.stream().map(String.class::cast).toList();
    } else {
      attributes.put("tags", value);
    }
  }

  private void readIndex(JsonParser in) throws IOException {
    if (Json.readValue(in) instanceof Number number) {
      index = number.intValue();
    }
  }

  private static long[] longs(double[] numbers) throws NotNumbers {
    long[] longs = new long[numbers.length];
    for (int i = 0; i < longs.length; i++) {
      longs[i] = (long) numbers[i];
      if (longs[i] != numbers[i]) {
        throw new NotNumbers("holds a number that is not whole: " + numbers[i]);
      }
    }
    return longs;
  }

  /** A list of finite numbers; the parser is left at its end in any case. */
  private static double[] numbers(JsonParser in) throws IOException, NotNumbers {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      String text = in.currentToken() == JsonToken.START_OBJECT ? "an object" : "no list";
      in.skipChildren();
      throw new NotNumbers(text);
    }
    double[] numbers = new double[8];
    int count = 0;
    String fault = null;
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (!in.currentToken().isNumeric()) {
        fault = in.currentToken() == JsonToken.VALUE_STRING ? "text" : "something not a number";
        in.skipChildren();
        continue;
      }
      double value = in.getDoubleValue();
      if (!Double.isFinite(value)) {
        fault = "a number out of range: " + value;
      }
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, count * 2);
      }
      numbers[count++] = value;
    }
    if (fault != null) {
      throw new NotNumbers(fault);
    }
    return Arrays.copyOf(numbers, count);
  }
}
