package dev.recycler.cli.drill.tool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/**
 * A tool's own account of what it does: {@code TIME EVENT WORDS}, a line each, in a file of its
 * own. A line is the kernel's before the tool goes on, so that it outlives the tool; the machine
 * itself does not go down in a drill.
 */
final class Journal implements AutoCloseable {
  private final FileChannel file;

  private Journal(FileChannel file) {
    this.file = file;
  }

  /**
   * Opens the account of this process.
   *
   * @param drill the drill's folder
   * @param kind {@code trainer} or {@code harness}
   */
  static Journal open(Path drill, String kind) throws IOException {
    String name = kind + "-" + ProcessHandle.current().pid();
    return new Journal(
        FileChannel.open(
            drill.resolve("journal").resolve(name),
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND));
  }

  void line(String event, Object... words) throws IOException {
    StringBuilder line = new StringBuilder(Instant.now().toString()).append(' ').append(event);
    for (Object word : words) {
      line.append(' ').append(word);
    }
    file.write(ByteBuffer.wrap(line.append('\n').toString().getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
