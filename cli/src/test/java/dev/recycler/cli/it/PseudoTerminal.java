package dev.recycler.cli.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.terminal.Screen;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A command in a real pseudo-terminal of 80 columns and 40 lines, typed at and looked at as by a
 * person. A Python script, which every machine that can run the project can run, holds the
 * terminal.
 */
final class PseudoTerminal implements AutoCloseable {
  static final String CTRL_C = "\u0003";

  private static final PackagedCli COLOURLESS = new PackagedCli().with("TERM", "xterm");

  private final Process process;
  private final StringBuilder shown = new StringBuilder();
  private final Thread reader;
  private int seen;

  private PseudoTerminal(Process process) {
    this.process = process;
    this.reader = Thread.ofPlatform().daemon().start(this::read);
  }

  /** What was on the screen when the command had ended, and what it ended with. */
  record End(int code, String written) {
    /** The lines of the screen. */
    List<String> screen() {
      return Screen.after(written);
    }
  }

  /** Starts a command of the packaged program, without colours. */
  static PseudoTerminal start(String... arguments) {
    return start(COLOURLESS, arguments);
  }

  /** The same in an environment. */
  static PseudoTerminal start(PackagedCli cli, String... arguments) {
    try {
      Path script =
          Path.of(PseudoTerminal.class.getResource("pseudo_terminal.py").toURI()).toAbsolutePath();
      List<String> command = new ArrayList<>(List.of("python3", script.toString(), "80", "40"));
      command.addAll(PackagedCli.command(arguments));
      return new PseudoTerminal(
          cli.builder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private void read() {
    try (InputStream in = process.getInputStream()) {
      byte[] buffer = new byte[8192];
      StringBuilder bytes = new StringBuilder();
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        // Characters may be cut anywhere: bytes are collected and read as a whole.
        bytes.append(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
        String text =
            new String(
                bytes.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        synchronized (shown) {
          shown.setLength(0);
          shown.append(text);
          shown.notifyAll();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Types. */
  PseudoTerminal type(String keys) {
    try {
      process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until a text has come after all that was waited for before. */
  PseudoTerminal until(String text) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(PackagedCli.PATIENCE_MINUTES / 4);
    synchronized (shown) {
      while (shown.indexOf(text, seen) < 0) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0 || !reader.isAlive()) {
          throw new AssertionError("never shown: " + text + "; but\n" + shown);
        }
        shown.wait(Math.min(left, 200));
      }
      seen = shown.indexOf(text, seen) + text.length();
    }
    return this;
  }

  /** All that the terminal was sent so far. */
  String shown() {
    synchronized (shown) {
      return shown.toString();
    }
  }

  /** Waits for the command's end. */
  End end() throws InterruptedException {
    assertThat(process.waitFor(PackagedCli.PATIENCE_MINUTES / 4, TimeUnit.MINUTES))
        .as("ends; shown so far: %s", shown)
        .isTrue();
    reader.join();
    return new End(process.exitValue(), shown.toString());
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
