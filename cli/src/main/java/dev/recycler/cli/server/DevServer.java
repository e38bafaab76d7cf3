package dev.recycler.cli.server;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.worker.TemporalConnection;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The real Temporal server with its database in a home folder, on free ports of the loopback
 * interface that the home remembers. Whoever holds the home's {@link HomeLock} may start it; it is
 * started again where it dies, and ends with its owner.
 */
public final class DevServer implements AutoCloseable {
  /** A slow machine must not fail; a server that can't start ends by itself and is seen at once. */
  private static final Duration START = Duration.ofMinutes(3);

  private static final Duration POLL = Duration.ofMillis(300);
  private static final int RESTARTS = 5;

  private final Path temporal;
  private final Path home;
  private final Consumer<String> messages;
  private volatile ServerFile file;
  private ProcessHandle process;
  private boolean closing;
  private int restarts;

  private DevServer(Path temporal, Path home, Consumer<String> messages) {
    this.temporal = temporal;
    this.home = home;
    this.messages = messages;
  }

  /**
   * Starts the server of a home, or takes over the one that an owner left behind who was killed.
   * Returns when it answers.
   *
   * @param temporal the {@code temporal} program
   * @param home the folder, whose lock the caller holds
   * @param port the port to listen on, or 0 to choose one
   * @param messages takes sentences for the user, on any thread
   * @throws CommandFailed where it can't be started
   */
  public static DevServer start(Path temporal, Path home, int port, Consumer<String> messages)
      throws InterruptedException {
    DevServer server = new DevServer(temporal, home, messages);
    try {
      Files.createDirectories(home.resolve("logs"));
      if (!server.takeOver(port)) {
        server.choosePorts(port);
        server.launch();
      }
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.ENVIRONMENT,
          "the Temporal server " + temporal + " can't be started: " + e.getMessage(),
          e);
    }
    boolean ready = false;
    try {
      server.awaitReady();
      ready = true;
    } finally {
      if (!ready) {
        server.close();
      }
    }
    server.watch();
    return server;
  }

  /** Ends the server of a home that was left behind by an owner who was killed, if there is one. */
  public static void endLeftBehind(Path home) {
    ServerFile.read(home).flatMap(ServerFile::process).ifPresent(DevServer::end);
  }

  /** Where clients connect. */
  public String address() {
    return file.address();
  }

  /** Its web page. */
  public String ui() {
    return file.ui();
  }

  /** Its log. */
  public Path log() {
    return home.resolve("logs").resolve("temporal.log");
  }

  /** A client's connection to it. */
  public TemporalConnection connect() {
    try {
      return OwnServer.connect(address());
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.UNREACHABLE,
          "the Temporal server at " + address() + " does not answer. Its log is " + log(),
          e);
    }
  }

  private boolean takeOver(int port) {
    Optional<ServerFile> known = ServerFile.read(home);
    Optional<ProcessHandle> running = known.flatMap(ServerFile::process);
    if (running.isEmpty()) {
      return false;
    }
    file = known.get();
    process = running.get();
    boolean wanted = port == 0 || port == file.port();
    if (wanted) {
      return true;
    }
    end(process);
    return false;
  }

  private void choosePorts(int port) {
    Optional<ServerFile> known = ServerFile.read(home);
    if (port != 0) {
      if (!Ports.isFree(port)) {
        throw new CommandFailed(
            ExitCode.ENVIRONMENT,
            "port "
                + port
                + " of 127.0.0.1 is in use by another program. Give another with --port, or none.");
      }
    }
    int chosen =
        port != 0 ? port : known.map(ServerFile::port).filter(Ports::isFree).orElseGet(Ports::free);
    int ui = known.map(ServerFile::uiPort).filter(Ports::isFree).orElseGet(Ports::free);
    file = new ServerFile(chosen, ui, 0, "");
  }

  private synchronized void launch() throws IOException {
    File output = log().toFile();
    Process started =
        new ProcessBuilder(
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
                    "--ui-disable-news-fetch"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output))
            .redirectInput(new File("/dev/null"))
            .start();
    process = started.toHandle();
    file = new ServerFile(file.port(), file.uiPort(), process.pid(), ServerFile.startOf(process));
    file.write(home);
  }

  private void awaitReady() throws InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    while (!OwnServer.serves(address())) {
      if (!process.isAlive()) {
        throw new CommandFailed(
            ExitCode.ENVIRONMENT,
            "the Temporal server ended as it started: " + lastLine() + ". Its log is " + log());
      }
      if (System.nanoTime() > end) {
        throw new CommandFailed(
            ExitCode.ENVIRONMENT,
            "the Temporal server does not answer at " + address() + ". Its log is " + log());
      }
      Thread.sleep(POLL);
    }
  }

  private String lastLine() {
    try {
      List<String> lines = Files.readAllLines(log());
      return lines.isEmpty() ? "it printed nothing" : lines.getLast().strip();
    } catch (IOException e) {
      return "its log can't be read";
    }
  }

  /** Starts the server again where it dies although nobody asked it to. */
  private void watch() {
    var _ =
        process
            .onExit()
            .thenAcceptAsync(
                handle -> {
                  synchronized (this) {
                    if (closing) {
                      return;
                    }
                    if (restarts == RESTARTS) {
                      messages.accept(
                          "The Temporal server died once more and is not started again. Its log is "
                              + log());
                      return;
                    }
                    restarts++;
                    messages.accept("The Temporal server died; starting it again.");
                    try {
                      launch();
                      watch();
                    } catch (IOException e) {
                      messages.accept(
                          "The Temporal server can't be started again: " + e.getMessage());
                    }
                  }
                });
  }

  @Override
  public void close() {
    ProcessHandle ending;
    synchronized (this) {
      closing = true;
      ending = process;
    }
    if (ending == null) {
      return;
    }
    end(ending);
    try {
      new ServerFile(file.port(), file.uiPort(), 0, "").write(home);
    } catch (IOException e) {
      messages.accept("The ports of " + home + " can't be remembered: " + e.getMessage());
    }
  }

  private static void end(ProcessHandle process) {
    boolean interrupted = Thread.interrupted();
    process.destroy();
    try {
      process.onExit().get(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    } catch (ExecutionException | TimeoutException e) {
      // Ended below, whatever the reason.
    }
    if (process.isAlive()) {
      process.destroyForcibly();
      process.onExit().join();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
