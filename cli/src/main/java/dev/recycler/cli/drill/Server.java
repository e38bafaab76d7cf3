package dev.recycler.cli.drill;

import dev.recycler.cli.server.DevServer;
import dev.recycler.cli.server.HomeLock;
import dev.recycler.worker.TemporalConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * The Temporal server that runs are drilled on: one of the drill's own, which stays from run to
 * run, or one that is there.
 */
final class Server implements AutoCloseable {
  /** The product starts its own server again a few times only. */
  private static final int MOST_KILLS = 4;

  private final Path temporal;
  private final Path home;
  private final HomeLock lock;
  private final Consumer<String> messages;
  private final String address;
  private DevServer own;
  private int kills;

  private Server(Path temporal, Path home, HomeLock lock, String address, Consumer<String> log) {
    this.temporal = temporal;
    this.home = home;
    this.lock = lock;
    this.address = address;
    this.messages = log;
  }

  /** Starts one. */
  static Server start(Path temporal, Path home, Consumer<String> messages)
      throws InterruptedException {
    Server server =
        new Server(temporal, home, HomeLock.take(home, "recycler drill"), null, messages);
    server.own = DevServer.start(temporal, home, 0, messages);
    return server;
  }

  /** Uses one that is there. */
  static Server at(String address) {
    return new Server(null, null, null, address, _ -> {});
  }

  boolean isOwn() {
    return address == null;
  }

  String address() {
    return isOwn() ? own.address() : address;
  }

  TemporalConnection connect() throws IOException {
    return isOwn()
        ? own.connect(System.getenv())
        : TemporalConnection.open(address, null, System.getenv());
  }

  /** Makes it fresh where it has died too often to be started again by itself. */
  void refresh() throws InterruptedException {
    if (isOwn() && kills >= MOST_KILLS) {
      own.close();
      own = DevServer.start(temporal, home, 0, messages);
      kills = 0;
    }
  }

  /** The server's process; none where it is not the drill's own, or just not there. */
  List<ProcessHandle> process() {
    return isOwn()
        ? Processes.with("start-dev", home.resolve("temporal.db").toString())
        : List.of();
  }

  /** Bytes of its database; 0 where it is not the drill's own. */
  long databaseBytes() throws IOException {
    long bytes = 0;
    for (String file : List.of("temporal.db", "temporal.db-wal")) {
      Path database = isOwn() ? home.resolve(file) : Path.of("/nonexistent");
      bytes += Files.exists(database) ? Files.size(database) : 0;
    }
    return bytes;
  }

  void wasKilled() {
    kills++;
  }

  @Override
  public void close() throws IOException {
    if (isOwn()) {
      own.close();
      lock.close();
    }
  }
}
