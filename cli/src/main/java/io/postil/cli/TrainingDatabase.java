package io.postil.cli;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.ByteBuf;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/**
 * Takes the part of a MongoDB server for {@link Training}: it answers every command with one and
 * the same document, which says that all went well and that the one document there is is a dataset,
 * a sample and whatever else it may be taken for. Only runs and what is kept beside them are what
 * it was given. That is enough for the commands to run through the driver and the store. Threads of
 * its own serve the connections until it is closed.
 */
final class TrainingDatabase implements AutoCloseable {
  private static final int REPLY = 1;
  private static final int QUERY = 2004;
  private static final int MESSAGE = 2013;
  private static final int HEADER = 16;
  private static final byte[] OWNER = "\7owner\0".getBytes(StandardCharsets.UTF_8);

  /** The collections whose documents it keeps. */
  private static final Set<String> KEPT = Set.of("runs", "postil.runs", "postil.sides");

  private final ServerSocket socket;
  private final String answer;

  /** What was written to the collections that are kept, by collection and id. */
  private final Map<String, Map<BsonValue, BsonValue>> kept = new ConcurrentHashMap<>();

  TrainingDatabase() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    answer = answer("127.0.0.1:" + socket.getLocalPort());
    start(this::accept);
  }

  /** Where it is. */
  String uri() {
    return "mongodb://127.0.0.1:" + socket.getLocalPort() + "/?replicaSet=rs0";
  }

  private static String answer(String host) {
    return """
        {"isWritablePrimary": true, "ismaster": true, "helloOk": true, "setName": "rs0",
         "hosts": ["HOST"], "primary": "HOST", "me": "HOST",
         "minWireVersion": 0, "maxWireVersion": 17, "maxBsonObjectSize": 16777216,
         "maxMessageSizeBytes": 48000000, "maxWriteBatchSize": 100000,
         "logicalSessionTimeoutMinutes": 30, "version": "6.0.5",
         "operationTime": {"$timestamp": {"t": 1, "i": 1}},
         "cursor": {"id": {"$numberLong": "0"}, "ns": "fiftyone.datasets", "firstBatch": [EVERYTHING]},
         "value": {"owner": {"$oid": "000000000000000000000004"}},
         "n": 1, "nModified": 1, "ok": 1.0}"""
        .replace("EVERYTHING", everything())
        .replace("HOST", host);
  }

  private static String everything() {
    return """
        {"_id": {"$oid": "000000000000000000000001"}, "name": "d", "version": "1.22.1",
         "media_type": "image", "sample_collection_name": "samples.d",
         "sample_fields": [%s, %s], "filepath": "/1.png", "tags": [],
         "metadata": {"width": 100, "height": 100}, "truth": %s, "predictions": %s,
         "ops": [], "n": 1}"""
        .formatted(field("truth"), field("predictions"), detections(2), detections(5));
  }

  private static String field(String name) {
    return """
        {"name": "%1$s", "db_field": "%1$s", "ftype": "fiftyone.core.fields.EmbeddedDocumentField",
         "embedded_doc_type": "fiftyone.core.labels.Detections"}"""
        .formatted(name);
  }

  private static String detections(int id) {
    return """
        {"_cls": "Detections", "detections": [%s, %s, %s]}"""
        .formatted(detection(id), detection(id + 1), detection(id + 2));
  }

  private static String detection(int id) {
    return """
        {"_id": {"$oid": "%024x"}, "_cls": "Detection", "tags": [], "attributes": {},
         "label": "cat", "bounding_box": [0.1, 0.1, 0.2, 0.2], "confidence": 0.9}"""
        .formatted(id);
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
    byte[] content = content(kind == QUERY ? BsonDocument.parse(answer) : answer(command));
    ByteBuffer out = little(ByteBuffer.allocate(HEADER + before + content.length));
    out.putInt(out.capacity()).putInt(0).putInt(request).putInt(kind == QUERY ? REPLY : MESSAGE);
    if (kind == QUERY) {
      out.putInt(8).putLong(0).putInt(0).putInt(1);
    } else {
      out.putInt(0).put((byte) 0);
    }
    byte[] bytes = out.put(content).array();
    int asked = behindOwner(command);
    int told = behindOwner(bytes);
    if (asked > 0 && told > 0) {
      System.arraycopy(command, asked, bytes, told, 12);
    }
    return bytes;
  }

  private static byte[] content(BsonDocument document) {
    ByteBuf bson = new RawBsonDocument(document, new BsonDocumentCodec()).getByteBuffer();
    byte[] bytes = new byte[bson.remaining()];
    bson.get(bytes);
    return bytes;
  }

  /** Keeps what a command writes, and gives what it asks for. */
  private BsonDocument answer(byte[] message) {
    List<BsonDocument> documents = documents(message);
    BsonDocument command = documents.get(0);
    String name = command.getFirstKey();
    BsonDocument reply = BsonDocument.parse(answer);
    BsonDocument cursor = reply.getDocument("cursor");
    if (name.equals("getMore")) {
      cursor.append("nextBatch", new BsonArray());
    } else if (command.get(name) instanceof BsonString collection) {
      if (KEPT.contains(collection.getValue())) {
        documents.subList(1, documents.size()).forEach(d -> keep(collection.getValue(), d));
      }
      if (name.equals("find")) {
        find(collection.getValue(), cursor);
      }
    }
    return reply;
  }

  /** A document that is inserted, or an update that replaces one. */
  private void keep(String collection, BsonDocument written) {
    BsonDocument document =
        written.get("u") instanceof BsonDocument replacement ? replacement : written;
    kept.computeIfAbsent(collection, c -> new ConcurrentHashMap<>())
        .put(document.get("_id", BsonNull.VALUE), document);
  }

  private void find(String collection, BsonDocument cursor) {
    Map<BsonValue, BsonValue> known = kept.getOrDefault(collection, Map.of());
    if (KEPT.contains(collection)) {
      cursor.append("firstBatch", new BsonArray(List.copyOf(known.values())));
    } else if (collection.equals("datasets")) {
      BsonDocument keys = new BsonDocument();
      kept.getOrDefault("runs", Map.of())
          .forEach((id, run) -> keys.append(run.asDocument().getString("key").getValue(), id));
      cursor.getArray("firstBatch").get(0).asDocument().append("annotation_runs", keys);
    } else if (collection.startsWith("samples.")) {
      cursor.append("id", new BsonInt64(1)); // There is more to ask for, though it is nothing.
    }
  }

  /** The command, and what is written by it. */
  private static List<BsonDocument> documents(byte[] message) {
    List<BsonDocument> documents = new ArrayList<>();
    ByteBuffer in = little(ByteBuffer.wrap(message));
    in.getInt(); // Flags.
    while (in.hasRemaining()) {
      if (in.get() == 1) {
        int end = in.position() + in.getInt(in.position());
        in.getInt();
        while (in.get() != 0) {} // The name of the sequence.
        while (in.position() < end) {
          documents.add(document(in));
        }
      } else {
        documents.add(document(in));
      }
    }
    return documents;
  }

  private static BsonDocument document(ByteBuffer in) {
    byte[] bytes = new byte[in.getInt(in.position())];
    in.get(bytes);
    return new RawBsonDocument(bytes);
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
}
