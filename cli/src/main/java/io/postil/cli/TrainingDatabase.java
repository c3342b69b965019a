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
import java.util.Arrays;
import org.bson.ByteBuf;
import org.bson.RawBsonDocument;

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
    ByteBuf bson =
        RawBsonDocument.parse(answer("127.0.0.1:" + socket.getLocalPort())).getByteBuffer();
    answer = new byte[bson.remaining()];
    bson.get(answer);
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
        .formatted(field("truth"), field("predictions"), detections(2), detections(3));
  }

  private static String field(String name) {
    return """
        {"name": "%1$s", "db_field": "%1$s", "ftype": "fiftyone.core.fields.EmbeddedDocumentField",
         "embedded_doc_type": "fiftyone.core.labels.Detections"}"""
        .formatted(name);
  }

  private static String detections(int id) {
    return """
        {"_cls": "Detections", "detections": [
          {"_id": {"$oid": "%024x"}, "_cls": "Detection", "tags": [], "attributes": {},
           "label": "cat", "bounding_box": [0.1, 0.1, 0.2, 0.2], "confidence": 0.9}]}"""
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
}
