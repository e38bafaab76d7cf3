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
 * @param pid its process, or 0 where it was ended in order
 * @param startedAt when that process started, ISO-8601: with {@code pid} its identity
 */
public record ServerFile(int port, int uiPort, long pid, String startedAt) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What is remembered, or nothing where there is no such file or it can't be read. */
  public static Optional<ServerFile> read(Path home) {
    try {
      return Optional.of(JSON.readValue(file(home).toFile(), ServerFile.class));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  void write(Path home) throws IOException {
    Path next = home.resolve("server.json.next");
    Files.write(next, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
    Files.move(next, file(home), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Its process, where that still runs. */
  public Optional<ProcessHandle> process() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(handle -> startOf(handle).equals(startedAt));
  }

  /** Where clients connect. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** Its web page. */
  public String ui() {
    return "http://127.0.0.1:" + uiPort;
  }

  static String startOf(ProcessHandle handle) {
    return handle.info().startInstant().map(Instant::toString).orElse("");
  }

  private static Path file(Path home) {
    return home.resolve("server.json");
  }
}
