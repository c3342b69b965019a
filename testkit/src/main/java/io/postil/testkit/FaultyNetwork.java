package io.postil.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;

/**
 * A network between a client and a server of this machine that goes bad when a test says so: it
 * passes on what either side sends until it is to {@link #cut} connections, to {@link #stop}
 * passing anything on, or to cut at a certain request or answer. Thread-safe.
 */
public final class FaultyNetwork implements AutoCloseable {
  /** Which side a message comes from. */
  public enum Direction {
    /** From the client to the server. */
    REQUEST,
    /** From the server to the client. */
    ANSWER
  }

  private final ServerSocket door;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger answers = new AtomicInteger();
  private final Phaser gate = new Phaser(1);
  private volatile boolean stopped;
  private volatile boolean refusing;
  private volatile IntPredicate cutsRequest = n -> false;
  private volatile IntPredicate cutsAnswer = n -> false;

  private FaultyNetwork(int target) throws IOException {
    this.target = target;
    door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    thread("door", this::accept);
  }

  /** A network to a port of this machine. */
  public static FaultyNetwork to(int port) {
    try {
      return new FaultyNetwork(port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port by which a client reaches the server. */
  public int port() {
    return door.getLocalPort();
  }

  /** Ends all connections; new ones are made as before. */
  public void cut() {
    for (Socket socket : open) {
      close(socket);
    }
  }

  /** Ends all connections and makes no new ones until {@link #resume}. */
  public void refuse() {
    refusing = true;
    cut();
  }

  /** Passes nothing on until {@link #resume}; what is sent waits. */
  public void stop() {
    stopped = true;
  }

  /** Passes on what waits, and makes connections. */
  public void resume() {
    refusing = false;
    stopped = false;
    gate.arrive();
  }

  /**
   * Ends all connections instead of passing on the message of a number, counted from now on; once.
   * What one side sends at once is a message.
   */
  public void cutAt(Direction direction, int number) {
    AtomicInteger counter = direction == Direction.REQUEST ? requests : answers;
    int at = counter.get() + number;
    IntPredicate cuts = n -> n == at;
    if (direction == Direction.REQUEST) {
      cutsRequest = cuts;
    } else {
      cutsAnswer = cuts;
    }
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        if (refusing) {
          close(client);
        } else {
          connect(client);
        }
      } catch (IOException e) {
        if (!door.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void connect(Socket client) {
    Socket server = new Socket();
    open.add(client);
    open.add(server);
    try {
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
      thread("request", () -> pass(client, server, Direction.REQUEST));
      thread("answer", () -> pass(server, client, Direction.ANSWER));
    } catch (IOException e) {
      close(client);
      close(server);
    }
  }

  private void pass(Socket from, Socket to, Direction direction) {
    byte[] piece = new byte[1 << 16];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
        waitWhileStopped();
        boolean request = direction == Direction.REQUEST;
        int number = (request ? requests : answers).incrementAndGet();
        if ((request ? cutsRequest : cutsAnswer).test(number)) {
          cut();
          return;
        }
        out.write(piece, 0, length);
        out.flush();
      }
    } catch (IOException e) {
      // One side ended the connection, or it was cut.
      return;
    } finally {
      close(from);
      close(to);
    }
  }

  private void waitWhileStopped() {
    int phase = gate.getPhase();
    while (stopped && phase >= 0) {
      phase = gate.awaitAdvance(phase);
    }
  }

  private void close(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void thread(String name, Runnable work) {
    Thread.ofPlatform().daemon().name("faulty-network-" + name).start(work);
  }

  @Override
  public void close() {
    try {
      door.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
    stopped = false;
    gate.forceTermination();
  }
}
