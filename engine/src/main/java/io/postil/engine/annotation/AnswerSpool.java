package io.postil.engine.annotation;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import io.postil.core.annotation.AnswerKind;
import io.postil.core.annotation.AnswerSink;
import io.postil.core.label.SingleLabel;
import io.postil.core.packed.MemoryTexts;
import io.postil.core.packed.PackedReader;
import io.postil.core.packed.PackedWriter;
import io.postil.core.value.ObjectId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The whole answer of a backend in a temporary file, so that it can be checked before anything is
 * written and read item by item whatever order it came in. Memory holds some 45 bytes an entry and
 * 4 bytes a label. Deleted when closed. Not thread-safe.
 */
final class AnswerSpool implements AnswerSink, AutoCloseable {
  /**
   * One thing a backend said about an item.
   *
   * @param frame the frame, or 0
   * @param field the field
   * @param kind what it is
   * @param labels the labels, unless it is a scalar
   * @param scalar the value, if it is a scalar
   */
  record Entry(
      int frame,
      String field,
      AnswerKind kind,
      List<SingleLabel> labels,
      @Nullable Object scalar) {}

  /**
   * What a backend said about one item; its entries stay in the file.
   *
   * @param item the item
   * @param delivered whether the answer is complete; if not it does not count
   * @param unchanged whether its answer is the base
   * @param positions where its entries are, in the order they came
   */
  record OfItem(ObjectId item, boolean delivered, boolean unchanged, int[] positions) {}

  private static final long DELIVERED = -1;
  private static final long UNDELIVERED = -2;
  private static final long UNCHANGED = -3;
  private static final Set<OpenOption> HOW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);

  private final Path file;
  private final FileChannel channel;
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(1 << 16);
  private final MemoryTexts texts = new MemoryTexts();
  private final PackedWriter packed = new PackedWriter(texts);
  private final PackedReader unpacked = new PackedReader(texts);
  private long written;
  private int size;
  private int[] high = new int[1024];
  private long[] low = new long[1024];
  private long[] offsets = new long[1024];
  private int[] frames = new int[1024];
  private int[] hashes = new int[1024];
  private int hashCount;
  private long unchangedCount;
  private final Map<String, Set<AnswerKind>> kinds = new LinkedHashMap<>();
  private final Map<String, Set<Class<?>>> scalarTypes = new HashMap<>();
  private final TreeMap<String, Long> undeliveredReasons = new TreeMap<>();
  private int @Nullable [] groups;
  private int @Nullable [] duplicates;

  AnswerSpool(Path directory) {
    try {
      Files.createDirectories(directory);
      // Not by createTempFile, for whose names Java sets up its cryptography.
      file = directory.resolve("answer" + ObjectId.create() + ".spool");
      channel = FileChannel.open(file, HOW, onlyOwner(directory));
    } catch (IOException e) {
      throw new PostilException(
          ErrorCode.UNWRITABLE_FILE,
          "cannot write a temporary file in " + directory + ": " + e.getMessage(),
          "Make room there or choose another directory with POSTIL_HOME.",
          e);
    }
  }

  /** Answers are nobody else's business, on systems that know owners. */
  private static FileAttribute<?>[] onlyOwner(Path directory) {
    return directory.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(
              Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE))
        }
        : new FileAttribute<?>[0];
  }

  @Override
  public void delivered(ObjectId item) {
    index(item, DELIVERED, 0);
  }

  @Override
  public void unchanged(ObjectId item) {
    index(item, UNCHANGED, 0);
    unchangedCount++;
  }

  /** How many items are as they were. */
  long unchangedCount() {
    return unchangedCount;
  }

  @Override
  public void undelivered(ObjectId item, String reason) {
    index(item, UNDELIVERED, 0);
    undeliveredReasons.merge(reason, 1L, Long::sum);
  }

  @Override
  public void labels(
      ObjectId item,
      int frameNumber,
      String field,
      AnswerKind kind,
      List<? extends SingleLabel> labels) {
    kinds.computeIfAbsent(field, f -> new LinkedHashSet<>()).add(kind);
    for (SingleLabel label : labels) {
      if (hashCount == hashes.length) {
        hashes = Arrays.copyOf(hashes, hashCount * 2);
      }
      hashes[hashCount++] = hash(field, kind, label.id());
    }
    start(frameNumber, field, kind);
    packed.unsigned(labels.size());
    labels.forEach(packed::value);
    write(item, frameNumber);
  }

  @Override
  public void scalar(ObjectId item, int frameNumber, String field, Object value) {
    kinds.computeIfAbsent(field, f -> new LinkedHashSet<>()).add(AnswerKind.SCALAR);
    scalarTypes.computeIfAbsent(field, f -> new LinkedHashSet<>()).add(value.getClass());
    start(frameNumber, field, AnswerKind.SCALAR);
    packed.value(value);
    write(item, frameNumber);
  }

  private void start(int frame, String field, AnswerKind kind) {
    packed.start(null);
    packed.unsigned(frame);
    packed.text(field, true);
    packed.unsigned(kind.ordinal());
  }

  private void write(ObjectId item, int frame) {
    index(item, written + buffer.size(), frame);
    byte[] record = packed.finish();
    try {
      buffer.write(ByteBuffer.allocate(4).putInt(record.length).array());
      buffer.write(record);
      if (buffer.size() > 1 << 15) {
        flush(buffer.toByteArray());
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void flush(byte[] bytes) throws IOException {
    ByteBuffer data = ByteBuffer.wrap(bytes);
    while (data.hasRemaining()) {
      written += channel.write(data, written);
    }
    buffer.reset();
  }

  private PostilException failed(IOException e) {
    return new PostilException(
        ErrorCode.UNWRITABLE_FILE,
        "cannot write the answer to " + file + ": " + e.getMessage(),
        "Make room on that disk and load again; nothing was changed.",
        e);
  }

  private void index(ObjectId item, long offset, int frame) {
    if (size == high.length) {
      high = Arrays.copyOf(high, size * 2);
      low = Arrays.copyOf(low, size * 2);
      offsets = Arrays.copyOf(offsets, size * 2);
      frames = Arrays.copyOf(frames, size * 2);
    }
    high[size] = item.high();
    low[size] = item.low();
    frames[size] = frame;
    offsets[size++] = offset;
    groups = null;
  }

  private static int hash(String field, AnswerKind kind, ObjectId id) {
    int h = id.hashCode() * 31 + field.hashCode();
    h = (h ^ kind.ordinal()) * 0x9E3779B9;
    return h ^ (h >>> 15);
  }

  /** The kinds that came for a field. */
  Set<AnswerKind> kinds(String field) {
    return kinds.getOrDefault(field, Set.of());
  }

  /** The fields anything came for. */
  Set<String> fields() {
    return kinds.keySet();
  }

  /** The Java types of the values of a scalar field. */
  Set<Class<?>> scalarTypes(String field) {
    return scalarTypes.getOrDefault(field, Set.of());
  }

  /** Why items were not delivered, with how many each. */
  Map<String, Long> undeliveredReasons() {
    return undeliveredReasons;
  }

  /**
   * Whether an id stands for several labels of a field. One in {@code 2^32 / n} of n ids is wrongly
   * taken for such; so ask only of labels that are new, for which another id does no harm.
   */
  boolean isDuplicate(String field, AnswerKind kind, ObjectId id) {
    if (duplicates == null) {
      duplicates = findDuplicates();
    }
    return Arrays.binarySearch(duplicates, hash(field, kind, id)) >= 0;
  }

  /** The hashes that came more than once, ascending. */
  private int[] findDuplicates() {
    int[] sorted = Arrays.copyOf(hashes, hashCount);
    Arrays.sort(sorted);
    int count = 0;
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] == sorted[i - 1]) {
        sorted[count++] = sorted[i];
      }
    }
    return Arrays.copyOf(sorted, count);
  }

  /** Number of items anything was said about. */
  int itemCount() {
    return groups().length;
  }

  /** The id of an item, in the order items came. */
  ObjectId itemAt(int group) {
    int entry = groups()[group];
    return ObjectId.of(high[order[entry]], low[order[entry]]);
  }

  /** Whether an item was said to be as it was. */
  boolean isUnchanged(ObjectId item) {
    groups();
    int from = 0;
    int to = size;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (compare(order[middle], item) < 0) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    for (; from < size && compare(order[from], item) == 0; from++) {
      if (offsets[order[from]] == UNCHANGED) {
        return true;
      }
    }
    return false;
  }

  private int compare(int entry, ObjectId item) {
    int byHigh = Integer.compare(high[entry], item.high());
    return byHigh != 0 ? byHigh : Long.compare(low[entry], item.low());
  }

  /** What was said about an item. */
  OfItem item(int group) {
    int start = groups()[group];
    ObjectId id = itemAt(group);
    boolean delivered = false;
    boolean undelivered = false;
    boolean unchanged = false;
    int end = start;
    while (end < size && same(order[end], order[start])) {
      end++;
    }
    int[] positions = new int[end - start];
    int count = 0;
    for (int i = start; i < end; i++) {
      long offset = offsets[order[i]];
      if (offset == DELIVERED) {
        delivered = true;
      } else if (offset == UNDELIVERED) {
        undelivered = true;
      } else if (offset == UNCHANGED) {
        unchanged = true;
      } else {
        positions[count++] = order[i];
      }
    }
    if (unchanged && count > 0) {
      throw new IllegalStateException("item " + id + " is unchanged and has an answer");
    }
    return new OfItem(
        id, (delivered || unchanged) && !undelivered, unchanged, Arrays.copyOf(positions, count));
  }

  /** The frame of an entry, or 0. */
  int frameAt(int position) {
    return frames[position];
  }

  /** An entry. */
  Entry entryAt(int position) {
    return read(offsets[position]);
  }

  private Integer[] order = new Integer[0];

  private boolean same(int a, int b) {
    return high[a] == high[b] && low[a] == low[b];
  }

  /** By item, then as they came. */
  private int compare(int a, int b) {
    int byHigh = Integer.compare(high[a], high[b]);
    int byItem = byHigh != 0 ? byHigh : Long.compare(low[a], low[b]);
    return byItem != 0 ? byItem : Integer.compare(a, b);
  }

  /** Positions in {@link #order} where items start, by first appearance. */
  private int[] groups() {
    if (groups != null) {
      return groups;
    }
    Integer[] sorted = new Integer[size];
    Arrays.setAll(sorted, i -> i);
    Arrays.sort(sorted, this::compare);
    order = sorted;
    List<Integer> starts = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      if (i == 0 || !same(sorted[i], sorted[i - 1])) {
        starts.add(i);
      }
    }
    starts.sort((a, b) -> Integer.compare(sorted[a], sorted[b]));
    groups = starts.stream().mapToInt(Integer::intValue).toArray();
    return groups;
  }

  private Entry read(long offset) {
    try {
      if (buffer.size() > 0) {
        flush(buffer.toByteArray());
      }
      int length = ByteBuffer.wrap(bytes(offset, 4)).getInt();
      unpacked.start(bytes(offset + 4, length), null);
      int frame = (int) unpacked.unsigned();
      String field = unpacked.text();
      AnswerKind kind = AnswerKind.values()[(int) unpacked.unsigned()];
      if (kind == AnswerKind.SCALAR) {
        return new Entry(frame, field, kind, List.of(), unpacked.value());
      }
      int count = (int) unpacked.unsigned();
      List<SingleLabel> labels = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        labels.add((SingleLabel) Objects.requireNonNull(unpacked.value()));
      }
      return new Entry(frame, field, kind, labels, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (PackedReader.Malformed e) {
      throw new IllegalStateException("the spool " + file + " is damaged", e);
    }
  }

  private byte[] window = new byte[0];
  private long windowStart;

  private byte[] bytes(long offset, int length) throws IOException {
    if (offset < windowStart || offset + length > windowStart + window.length) {
      int wanted = (int) Math.min(Math.max(length, 1 << 16), written - offset);
      byte[] read = new byte[wanted];
      ByteBuffer data = ByteBuffer.wrap(read);
      long position = offset;
      while (data.hasRemaining()) {
        int n = channel.read(data, position);
        if (n < 0) {
          throw new IOException("unexpected end of " + file);
        }
        position += n;
      }
      window = read;
      windowStart = offset;
    }
    int from = (int) (offset - windowStart);
    return Arrays.copyOfRange(window, from, from + length);
  }

  @Override
  public void close() {
    try {
      channel.close();
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
