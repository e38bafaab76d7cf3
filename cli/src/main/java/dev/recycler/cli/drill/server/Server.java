package dev.recycler.cli.drill.server;

import dev.recycler.worker.TemporalConnection;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** A Temporal server that stays from run to run. */
public sealed interface Server extends AutoCloseable
    permits DevelopmentServer, ProductionServer, GivenServer {
  /** Where clients connect. */
  String address();

  TemporalConnection connect() throws IOException;

  /** Whether the drill may harm it. */
  boolean isOwn();

  /** Its process; none where it is not the drill's own, or just not there. */
  List<ProcessHandle> process();

  /** The process of its database, where that is another. */
  List<ProcessHandle> database();

  /** Bytes of its database; 0 where that is not known. */
  long databaseBytes() throws IOException;

  /** The drill has killed it. */
  void wasKilled();

  /** Makes it fresh where it has died too often to be started again by itself. */
  void refresh() throws InterruptedException;

  @Override
  void close() throws IOException;

  /** The processes whose command line has all of these words in it. */
  static List<ProcessHandle> running(String... words) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.pid() != ProcessHandle.current().pid())
        .filter(
            process -> {
              String line = process.info().commandLine().orElse("");
              return Stream.of(words).allMatch(line::contains);
            })
        .toList();
  }
}
