package dev.recycler.activities.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Reads a growing log in pieces. A carriage return ends a line too: progress bars draw over
 * themselves. Terminal control sequences are left out.
 */
public final class LogReader {
  private static final int BLOCK = 1 << 16;
  private static final int LONGEST_LINE = 1 << 16;
  private static final Pattern CONTROL = Pattern.compile("\u001b\\[[0-9;?]*[ -/]*[@-~]");
  private static final Pattern BAR = Pattern.compile("[0-9]+%\\|.*\\| ");

  private final Path log;
  private final byte[] line = new byte[LONGEST_LINE];
  private int length;
  private long offset;

  public LogReader(Path log) {
    this.log = log;
  }

  /** Hands over the lines that were finished since the last call. */
  public void poll(Consumer<String> lines) throws IOException {
    if (!Files.exists(log)) {
      return;
    }
    byte[] block = new byte[BLOCK];
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(offset);
      for (int read = file.read(block); read > 0; read = file.read(block)) {
        offset += read;
        for (int i = 0; i < read; i++) {
          accept(block[i], lines);
        }
      }
    }
  }

  /** Hands over what stands after the last line end; for a log that grows no more. */
  public void finish(Consumer<String> lines) throws IOException {
    poll(lines);
    accept((byte) '\n', lines);
  }

  private void accept(byte next, Consumer<String> lines) {
    if (next != '\n' && next != '\r') {
      if (length < LONGEST_LINE) {
        line[length++] = next;
      }
    } else if (length > 0) {
      String text = new String(line, 0, length, StandardCharsets.UTF_8);
      length = 0;
      lines.accept(CONTROL.matcher(text).replaceAll("").strip());
    }
  }

  /** The last lines of a log, at most so many, without blank ones and progress bars. */
  public static List<String> tail(Path log, int count) throws IOException {
    if (!Files.exists(log)) {
      return List.of();
    }
    LogReader reader = new LogReader(log);
    reader.offset = Math.max(0, Files.size(log) - BLOCK * 4L);
    List<String> lines = new ArrayList<>();
    reader.finish(
        text -> {
          if (!text.isBlank() && !BAR.matcher(text).find()) {
            lines.add(text);
          }
        });
    return lines.subList(Math.max(0, lines.size() - count), lines.size());
  }
}
