package dev.recycler.cli.drill;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The wire between the workers and the server, which can be cut and slowed down. */
final class Proxy implements AutoCloseable {
  private final ServerSocket door;
  private final String host;
  private final int port;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;
  private volatile int delay;

  /**
   * A wire.
   *
   * @param target {@code HOST:PORT}
   */
  Proxy(String target) throws IOException {
    int colon = target.lastIndexOf(':');
    host = target.substring(0, colon);
    port = Integer.parseInt(target.substring(colon + 1));
    door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("drill-wire").start(this::accept);
  }

  /** Where the workers connect. */
  String address() {
    return "127.0.0.1:" + door.getLocalPort();
  }

  /** Breaks every connection, and refuses new ones as long as it is cut. */
  void cut(boolean now) {
    cut = now;
    if (now) {
      open.forEach(Proxy::closeQuietly);
    }
  }

  /** Makes each piece of data wait so many milliseconds. */
  void slow(int millis) {
    delay = millis;
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        if (cut) {
          client.close();
        } else {
          Thread.ofVirtual().start(() -> join(client));
        }
      } catch (IOException e) {
        // Closed, or nobody came.
      }
    }
  }

  private void join(Socket client) {
    open.add(client);
    try (Socket server = new Socket(host, port)) {
      open.add(server);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Thread back = Thread.ofVirtual().start(() -> pass(server, client));
      pass(client, server);
      back.join();
      open.remove(server);
    } catch (IOException e) {
      closeQuietly(client);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closeQuietly(client);
      open.remove(client);
    }
  }

  private void pass(Socket from, Socket to) {
    byte[] buffer = new byte[1 << 14];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (delay > 0) {
          Thread.sleep(delay);
        }
        out.write(buffer, 0, n);
        out.flush();
      }
    } catch (IOException e) {
      // One side is gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closeQuietly(from);
      closeQuietly(to);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more.
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
    open.forEach(Proxy::closeQuietly);
  }
}
