package dev.recycler.cli.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;

/**
 * What a home remembers of its server.
 *
 * @param port where it listens, on the loopback interface
 * @param uiPort where its web page is
 * @param owner the process that it runs for and ends with, or 0 where it was ended in order
 * @param ownerStarted when that process started, ISO-8601: with {@code owner} its identity
 */
public record ServerFile(int port, int uiPort, long owner, String ownerStarted) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What is remembered, or nothing where there is no such file or it can't be read. */
  static Optional<ServerFile> read(Path home) {
    try {
      return Optional.of(JSON.readValue(file(home).toFile(), ServerFile.class));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Leaves it in a home for others to read, whole at any moment. */
  public void write(Path home) throws IOException {
    Path next = home.resolve("server.json.next");
    Files.write(next, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
    Files.move(next, file(home), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Of a server that runs for this process. */
  public static ServerFile ownedByThisProcess(int port, int uiPort) {
    ProcessHandle self = ProcessHandle.current();
    return new ServerFile(port, uiPort, self.pid(), startOf(self));
  }

  ServerFile withoutOwner() {
    return new ServerFile(port, uiPort, 0, "");
  }

  /** Whether the server runs. */
  boolean isLive() {
    return ProcessHandle.of(owner)
        .filter(ProcessHandle::isAlive)
        .filter(handle -> startOf(handle).equals(ownerStarted))
        .isPresent();
  }

  /** Where clients connect. */
  String address() {
    return "127.0.0.1:" + port;
  }

  /** Its web page. */
  String ui() {
    return "http://127.0.0.1:" + uiPort;
  }

  private static String startOf(ProcessHandle handle) {
    return handle.info().startInstant().map(Instant::toString).orElse("");
  }

  private static Path file(Path home) {
    return home.resolve("server.json");
  }
}
