package io.postil.backends.spool;

import io.postil.core.ErrorCode;
import io.postil.core.PostilException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Records of many groups, such as the shapes of tracks: added in any order of groups, and read
 * group by group, each in the order in which it was added. What does not fit some megabytes is in a
 * temporary file; memory grows by some 50 bytes a group and 16 bytes for each 16 kB. Close it to
 * delete the file. Not thread-safe.
 *
 * @param <T> the type of the records
 */
public final class RecordSpool<T> implements AutoCloseable {
  private static final int BLOCK = 1 << 14;
  private static final int MOST_WAITING = 4 << 20;
  private static final byte[] NONE = {};
  private static final long[] NOWHERE = {};

  /** How a record is written and read. Stateless. */
  public interface Codec<T> {
    /** Writes one. */
    void write(DataOutput out, T record) throws IOException;

    /** Reads one, of which everything must be read. */
    T read(DataInput in) throws IOException;
  }

  private static final class Group {
    byte[] waiting = NONE;
    int length;

    /** Offset and length of each block in the file. */
    long[] blocks = NOWHERE;

    int count;
  }

  private final Codec<T> codec;
  private final List<Group> groups = new ArrayList<>();
  private final ByteArrayOutputStream record = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(record);
  private int waiting;
  private @Nullable Path file;
  private @Nullable FileChannel channel;
  private long written;

  /** A spool without groups. */
  public RecordSpool(Codec<T> codec) {
    this.codec = codec;
  }

  /** Makes a group without records; its number. */
  public int newGroup() {
    groups.add(new Group());
    return groups.size() - 1;
  }

  /** Adds a record to a group. */
  public void add(int group, T added) {
    try {
      record.reset();
      codec.write(out, added);
      Group to = groups.get(group);
      if (to.length > 0 && to.length + record.size() > BLOCK) {
        flush(to);
      }
      append(to, record.toByteArray());
      if (waiting > MOST_WAITING) {
        for (Group each : groups) {
          flush(each);
        }
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void append(Group to, byte[] bytes) {
    int length = to.length + bytes.length;
    if (length > to.waiting.length) {
      to.waiting = Arrays.copyOf(to.waiting, Math.max(length, Math.min(BLOCK, 2 * length)));
    }
    System.arraycopy(bytes, 0, to.waiting, to.length, bytes.length);
    to.length = length;
    waiting += bytes.length;
  }

  private void flush(Group group) throws IOException {
    if (group.length == 0) {
      return;
    }
    if (group.count + 2 > group.blocks.length) {
      group.blocks = Arrays.copyOf(group.blocks, Math.max(4, 2 * group.count));
    }
    group.blocks[group.count++] = written;
    group.blocks[group.count++] = group.length;
    ByteBuffer data = ByteBuffer.wrap(group.waiting, 0, group.length);
    while (data.hasRemaining()) {
      written += channel().write(data, written);
    }
    waiting -= group.length;
    group.waiting = NONE;
    group.length = 0;
  }

  private FileChannel channel() throws IOException {
    FileChannel open = channel;
    if (open == null) {
      Path made = Files.createTempFile("postil-", ".spool");
      file = made;
      open = FileChannel.open(made, StandardOpenOption.READ, StandardOpenOption.WRITE);
      channel = open;
    }
    return open;
  }

  private static PostilException failed(IOException e) {
    return new PostilException(
        ErrorCode.UNWRITABLE_FILE,
        "cannot write or read a temporary file: " + e.getMessage(),
        "Free some space in " + System.getProperty("java.io.tmpdir") + ".",
        e);
  }

  /** The records of a group in the order in which they were added; none may be added meanwhile. */
  public Iterator<T> of(int group) {
    return new Records(groups.get(group));
  }

  private final class Records implements Iterator<T> {
    private final Group group;
    private int next;
    private DataInputStream block = new DataInputStream(new ByteArrayInputStream(NONE));
    private boolean atEnd;

    Records(Group group) {
      this.group = group;
    }

    @Override
    public boolean hasNext() {
      try {
        while (block.available() == 0 && !atEnd) {
          if (next < group.count) {
            block = read(group.blocks[next], (int) group.blocks[next + 1]);
            next += 2;
          } else {
            block = new DataInputStream(new ByteArrayInputStream(group.waiting, 0, group.length));
            atEnd = true;
          }
        }
        return block.available() > 0;
      } catch (IOException e) {
        throw failed(e);
      }
    }

    private DataInputStream read(long offset, int length) throws IOException {
      ByteBuffer data = ByteBuffer.allocate(length);
      while (data.hasRemaining()) {
        if (channel().read(data, offset + data.position()) < 0) {
          throw new IOException("unexpected end of " + file);
        }
      }
      return new DataInputStream(new ByteArrayInputStream(data.array()));
    }

    @Override
    public T next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      try {
        return codec.read(block);
      } catch (IOException e) {
        throw failed(e);
      }
    }
  }

  @Override
  public void close() {
    try {
      if (channel != null) {
        channel.close();
      }
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }
}
