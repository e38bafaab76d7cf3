package dev.recycler.cli.drill.server;

import dev.recycler.cli.server.DevServer;
import dev.recycler.cli.server.HomeLock;
import dev.recycler.worker.TemporalConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The server that {@code recycler dev} starts too, with its database in a file. */
final class DevelopmentServer implements Server {
  /** The product starts its own server again a few times only. */
  private static final int MOST_KILLS = 4;

  private final Path temporal;
  private final Path home;
  private final HomeLock lock;
  private DevServer server;
  private int kills;

  /**
   * Starts one.
   *
   * @param temporal the {@code temporal} program
   */
  DevelopmentServer(Path temporal, Path home) throws InterruptedException {
    this.temporal = temporal;
    this.home = home;
    this.lock = HomeLock.take(home, "recycler drill");
    this.server = launch();
  }

  private DevServer launch() throws InterruptedException {
    return DevServer.start(temporal, home, 0, _ -> {});
  }

  @Override
  public String address() {
    return server.address();
  }

  @Override
  public TemporalConnection connect() {
    return server.connect(System.getenv());
  }

  @Override
  public boolean isOwn() {
    return true;
  }

  @Override
  public List<ProcessHandle> process() {
    return Server.running("start-dev", home.resolve("temporal.db").toString());
  }

  /** It is part of the server. */
  @Override
  public List<ProcessHandle> database() {
    return List.of();
  }

  @Override
  public long databaseBytes() throws IOException {
    long bytes = 0;
    for (String file : List.of("temporal.db", "temporal.db-wal")) {
      Path database = home.resolve(file);
      bytes += Files.exists(database) ? Files.size(database) : 0;
    }
    return bytes;
  }

  @Override
  public void wasKilled() {
    kills++;
  }

  @Override
  public void refresh() throws InterruptedException {
    if (kills >= MOST_KILLS) {
      server.close();
      server = launch();
      kills = 0;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    lock.close();
  }
}
