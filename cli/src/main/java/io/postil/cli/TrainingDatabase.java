package io.postil.cli;

import io.postil.core.value.Document;
import io.postil.core.value.ObjectId;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Takes the part of a MongoDB server for {@link Training}: it answers every command with one and
 * the same document, which says that all went well and that the one document there is is a dataset,
 * a sample and whatever else it may be taken for. That is enough for the commands to run through
 * the driver and the store. Threads of its own serve the connections until it is closed.
 */
final class TrainingDatabase implements AutoCloseable {
  private static final int REPLY = 1;
  private static final int QUERY = 2004;
  private static final int MESSAGE = 2013;
  private static final int HEADER = 16;
  private static final byte[] OWNER = "\7owner\0".getBytes(StandardCharsets.UTF_8);

  private final ServerSocket socket;
  private final byte[] answer;

  TrainingDatabase() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    answer = bytes(answer("127.0.0.1:" + socket.getLocalPort()));
    start(this::accept);
  }

  /** Where it is. */
  String uri() {
    return "mongodb://127.0.0.1:" + socket.getLocalPort() + "/?replicaSet=rs0";
  }

  private static Document answer(String host) {
    return Document.builder()
        .put("isWritablePrimary", true)
        .put("ismaster", true)
        .put("helloOk", true)
        .put("setName", "rs0")
        .put("hosts", List.of(host))
        .put("primary", host)
        .put("me", host)
        .put("minWireVersion", 0)
        .put("maxWireVersion", 17)
        .put("maxBsonObjectSize", 16 << 20)
        .put("maxMessageSizeBytes", 48_000_000)
        .put("maxWriteBatchSize", 100_000)
        .put("logicalSessionTimeoutMinutes", 30)
        .put("version", "6.0.5")
        .put(
            "cursor",
            Document.builder()
                .put("id", 0L)
                .put("ns", "fiftyone.datasets")
                .put("firstBatch", List.of(everything()))
                .build())
        .put("value", Document.of("owner", ObjectId.of("000000000000000000000004")))
        .put("n", 1)
        .put("nModified", 1)
        .put("ok", 1.0)
        .build();
  }

  private static Document everything() {
    return Document.builder()
        .put("_id", ObjectId.of("000000000000000000000001"))
        .put("name", "d")
        .put("version", "1.22.1")
        .put("media_type", "image")
        .put("sample_collection_name", "samples.d")
        .put("sample_fields", List.of(field("truth"), field("predictions")))
        .put("filepath", "/1.png")
        .put("tags", List.of())
        .put("metadata", Document.of("width", 100, "height", 100))
        .put("truth", detections("000000000000000000000002"))
        .put("predictions", detections("000000000000000000000003"))
        .put("ops", List.of())
        .put("n", 1)
        .build();
  }

  private static Document field(String name) {
    return Document.builder()
        .put("name", name)
        .put("db_field", name)
        .put("ftype", "fiftyone.core.fields.EmbeddedDocumentField")
        .put("embedded_doc_type", "fiftyone.core.labels.Detections")
        .build();
  }

  private static Document detections(String id) {
    Document label =
        Document.builder()
            .put("_id", ObjectId.of(id))
            .put("_cls", "Detection")
            .put("tags", List.of())
            .put("attributes", Document.empty())
            .put("label", "cat")
            .put("bounding_box", List.of(0.1, 0.1, 0.2, 0.2))
            .put("confidence", 0.9)
            .build();
    return Document.of("_cls", "Detections", "detections", List.of(label));
  }

  // --- serving ----------------------------------------------------------------------------------

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "training");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = socket.accept();
        start(() -> serve(connection));
      }
    } catch (IOException e) {
      // It was closed.
      return;
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      DataInputStream in = new DataInputStream(connection.getInputStream());
      OutputStream out = connection.getOutputStream();
      byte[] header = new byte[HEADER];
      while (true) {
        in.readFully(header);
        ByteBuffer message = little(ByteBuffer.wrap(header));
        byte[] command = in.readNBytes(message.getInt(0) - HEADER);
        out.write(reply(message.getInt(4), message.getInt(12), command));
        out.flush();
      }
    } catch (EOFException | SocketException e) {
      // The client is gone.
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The answer in the form of the question: the first one of a client has an older form. */
  private byte[] reply(int request, int kind, byte[] command) {
    int before = kind == QUERY ? 20 : 5;
    ByteBuffer out = little(ByteBuffer.allocate(HEADER + before + answer.length));
    out.putInt(out.capacity()).putInt(0).putInt(request).putInt(kind == QUERY ? REPLY : MESSAGE);
    if (kind == QUERY) {
      out.putInt(8).putLong(0).putInt(0).putInt(1);
    } else {
      out.putInt(0).put((byte) 0);
    }
    byte[] bytes = out.put(answer).array();
    int asked = behindOwner(command);
    if (asked > 0) {
      System.arraycopy(command, asked, bytes, behindOwner(bytes), 12);
    }
    return bytes;
  }

  /** Where the owner of a lock stands, which who asks for the lock wants to find again; or 0. */
  private static int behindOwner(byte[] message) {
    for (int at = 0; at < message.length - OWNER.length - 12; at++) {
      if (Arrays.equals(OWNER, 0, OWNER.length, message, at, at + OWNER.length)) {
        return at + OWNER.length;
      }
    }
    return 0;
  }

  private static ByteBuffer little(ByteBuffer buffer) {
    return buffer.order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  // --- BSON, as far as the answer needs it
  // --------------------------------------------------------

  private static byte[] bytes(Document document) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    document.forEach((name, value) -> element(out, name, Objects.requireNonNull(value)));
    return closed(out);
  }

  private static byte[] bytes(List<?> list) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < list.size(); i++) {
      element(out, Integer.toString(i), list.get(i));
    }
    return closed(out);
  }

  private static byte[] closed(ByteArrayOutputStream elements) {
    int length = elements.size() + 5;
    return little(ByteBuffer.allocate(length)).putInt(length).put(elements.toByteArray()).array();
  }

  private static void element(ByteArrayOutputStream out, String name, Object value) {
    out.write(
        switch (value) {
          case Double d -> 0x01;
          case String s -> 0x02;
          case Document d -> 0x03;
          case List<?> l -> 0x04;
          case ObjectId id -> 0x07;
          case Boolean b -> 0x08;
          case Integer i -> 0x10;
          case Long l -> 0x12;
          default -> throw new IllegalArgumentException(name);
        });
    out.writeBytes(name.getBytes(StandardCharsets.UTF_8));
    out.write(0);
    out.writeBytes(
        switch (value) {
          case Double d -> little(ByteBuffer.allocate(8)).putDouble(d).array();
          case String s -> text(s);
          case Document d -> bytes(d);
          case List<?> l -> bytes(l);
          case ObjectId id -> ByteBuffer.allocate(12).putInt(id.high()).putLong(id.low()).array();
          case Boolean b -> new byte[] {(byte) (b ? 1 : 0)};
          case Integer i -> little(ByteBuffer.allocate(4)).putInt(i).array();
          case Long l -> little(ByteBuffer.allocate(8)).putLong(l).array();
          default -> throw new IllegalArgumentException(name);
        });
  }

  private static byte[] text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return little(ByteBuffer.allocate(bytes.length + 5))
        .putInt(bytes.length + 1)
        .put(bytes)
        .array();
  }
}
