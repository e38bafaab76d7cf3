package dev.recycler.cli.server;

import dev.recycler.activities.process.Attempt;
import dev.recycler.activities.process.Supervision;
import dev.recycler.activities.process.ToolCommand;
import dev.recycler.activities.store.Folders;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.worker.TemporalConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The real Temporal server with its database in a home folder, on free ports of the loopback
 * interface that the home remembers. Whoever holds the home's {@link HomeLock} may start it. It is
 * started again where it dies, and ends with its owner, also where that is killed.
 */
public final class DevServer implements AutoCloseable {
  /** A slow machine must not fail; a server that can't start ends by itself and is seen at once. */
  private static final Duration START = Duration.ofMinutes(3);

  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(300);
  private static final int RESTARTS = 5;
  private static final List<String> VARIABLES = List.of("PATH", "HOME", "TMPDIR", "LANG");

  private final Path temporal;
  private final Path home;
  private final ServerFile file;
  private final Consumer<String> messages;
  private final Supervision supervision = new Supervision();
  private volatile Attempt attempt;
  private Thread watcher;

  private DevServer(Path temporal, Path home, ServerFile file, Consumer<String> messages) {
    this.temporal = temporal;
    this.home = home;
    this.file = file;
    this.messages = messages;
  }

  /**
   * Starts the server of a home. Returns when it answers.
   *
   * @param temporal the {@code temporal} program
   * @param home the folder, whose lock the caller holds
   * @param port the port to listen on, or 0 to choose one
   * @param messages takes sentences for the user, on any thread
   * @throws CommandFailed where it can't be started
   */
  public static DevServer start(Path temporal, Path home, int port, Consumer<String> messages)
      throws InterruptedException {
    endLeftBehind(home);
    DevServer server = new DevServer(temporal, home, choosePorts(home, port), messages);
    boolean ready = false;
    try {
      Folders.delete(server.runs());
      server.launch();
      server.awaitReady();
      OwnServer.makeFindable(server.address());
      server.file.write(home);
      ready = true;
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.ENVIRONMENT,
          "the Temporal server " + temporal + " can't be started: " + e.getMessage(),
          e);
    } finally {
      if (!ready) {
        server.close();
      }
    }
    server.watcher = Thread.ofVirtual().name("temporal-server").start(server::watch);
    return server;
  }

  /**
   * Ends the server of a home that is still about to end because its owner was killed. The caller
   * holds the home's lock, so nobody else's is ended.
   */
  public static void endLeftBehind(Path home) throws InterruptedException {
    try {
      if (Files.isDirectory(runs(home))) {
        for (Attempt former : new Supervision().all(runs(home))) {
          if (former.state() == Attempt.State.RUNNING) {
            former.stop(GRACE);
          }
        }
      }
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.ENVIRONMENT,
          "the Temporal server that was left running in "
              + home
              + " can't be ended: "
              + e.getMessage(),
          e);
    }
  }

  /** Where clients connect. */
  public String address() {
    return file.address();
  }

  /** Its web page. */
  public String ui() {
    return file.ui();
  }

  /**
   * A client's connection to it.
   *
   * @param variables the environment, which may have it encrypted
   */
  public TemporalConnection connect(Map<String, String> variables) {
    try {
      return OwnServer.connect(address(), variables);
    } catch (TemporalConnection.NotReachable e) {
      throw new CommandFailed(
          ExitCode.UNREACHABLE,
          "the Temporal server at " + address() + " does not answer. Its log is " + attempt.log(),
          e);
    } catch (IOException e) {
      throw new CommandFailed(ExitCode.USAGE, e.getMessage() + ".", e);
    }
  }

  private static ServerFile choosePorts(Path home, int port) {
    Optional<ServerFile> known = ServerFile.read(home);
    if (port != 0 && !Ports.isFree(port)) {
      throw new CommandFailed(
          ExitCode.ENVIRONMENT,
          "port "
              + port
              + " of 127.0.0.1 is in use by another program. Give another with --port, or leave it"
              + " out.");
    }
    int chosen =
        port != 0 ? port : known.map(ServerFile::port).filter(Ports::isFree).orElseGet(Ports::free);
    int ui = known.map(ServerFile::uiPort).filter(Ports::isFree).orElseGet(Ports::free);
    return ServerFile.ownedByThisProcess(chosen, ui);
  }

  private void launch() throws IOException, InterruptedException {
    Map<String, String> environment = new TreeMap<>(System.getenv());
    environment.keySet().retainAll(VARIABLES);
    ToolCommand command =
        new ToolCommand(
                List.of(
                    temporal.toString(),
                    "server",
                    "start-dev",
                    "--ip",
                    "127.0.0.1",
                    "--port",
                    Integer.toString(file.port()),
                    "--ui-port",
                    Integer.toString(file.uiPort()),
                    "--db-filename",
                    home.resolve("temporal.db").toString(),
                    "--log-level",
                    "warn",
                    "--ui-disable-news-fetch"),
                home,
                environment)
            .endedWithThisProcess();
    attempt = supervision.startOrAttach(runs(), (output, former) -> command, () -> {});
  }

  private void awaitReady() throws IOException, InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    while (!OwnServer.serves(address())) {
      if (attempt.state() != Attempt.State.RUNNING) {
        throw new CommandFailed(
            ExitCode.ENVIRONMENT, "the Temporal server ended as it started: " + lastLine());
      }
      if (System.nanoTime() > end) {
        throw new CommandFailed(
            ExitCode.ENVIRONMENT,
            "the Temporal server does not answer at "
                + address()
                + ". Its log is "
                + attempt.log());
      }
      Thread.sleep(POLL);
    }
  }

  private String lastLine() throws IOException {
    List<String> lines =
        Files.exists(attempt.log()) ? Files.readAllLines(attempt.log()) : List.of();
    return lines.isEmpty() ? "it printed nothing." : lines.getLast().strip();
  }

  /** Starts the server again where it dies although nobody asked it to. */
  private void watch() {
    try {
      for (int restarts = 0; true; restarts++) {
        while (attempt.state() == Attempt.State.RUNNING) {
          Thread.sleep(POLL);
        }
        attempt.reject();
        if (restarts == RESTARTS) {
          messages.accept(
              "The Temporal server died once more and is not started again. Its log is "
                  + attempt.log());
          return;
        }
        messages.accept("The Temporal server died; starting it again.");
        launch();
      }
    } catch (IOException e) {
      messages.accept("The Temporal server can't be watched any more: " + e.getMessage());
    } catch (InterruptedException e) {
      // It is being closed.
    }
  }

  /** Ends it; takes its time also where the calling thread is interrupted. */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    try {
      if (watcher != null) {
        watcher.interrupt();
        watcher.join();
      }
      if (attempt != null) {
        attempt.stop(GRACE);
      }
      file.withoutOwner().write(home);
    } catch (IOException e) {
      messages.accept("The Temporal server can't be ended in order: " + e.getMessage());
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Path runs() {
    return runs(home);
  }

  private static Path runs(Path home) {
    return home.resolve("logs").resolve("temporal");
  }
}
