package dev.recycler.cli.drill.server;

import dev.recycler.worker.TemporalConnection;
import java.io.IOException;
import java.util.List;

/**
 * A server that is there; it is not harmed itself.
 *
 * @param address where clients connect
 */
record GivenServer(String address) implements Server {
  @Override
  public TemporalConnection connect() throws IOException {
    return TemporalConnection.open(address, null, System.getenv());
  }

  @Override
  public boolean isOwn() {
    return false;
  }

  @Override
  public List<ProcessHandle> process() {
    return List.of();
  }

  @Override
  public List<ProcessHandle> database() {
    return List.of();
  }

  @Override
  public long databaseBytes() {
    return 0;
  }

  @Override
  public void wasKilled() {
    throw new IllegalStateException("a server that is there is not killed");
  }

  @Override
  public void refresh() {}

  @Override
  public void close() {}
}
