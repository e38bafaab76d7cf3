package dev.recycler.cli;

import dev.recycler.activities.merge.MergeEngine;
import dev.recycler.cli.console.Answers;
import dev.recycler.cli.console.Console;
import dev.recycler.cli.console.Patience;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.series.SeriesClient;
import dev.recycler.cli.terminal.Ascii;
import dev.recycler.cli.terminal.Terminal;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the process starts and ends. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Runtime.getRuntime().exit(run(args));
  }

  /** Runs a command line with this process's environment and streams; returns the exit code. */
  public static int run(String... args) {
    prepare(args);
    Patience patience = new Patience();
    Interrupts interrupts = Interrupts.ofThisThread(patience);
    Places places = Places.ofProcess();
    // Which of in, out and err are terminals, as the launcher saw it.
    List<String> terminals = List.of(System.getProperty("recycler.terminals", "").split(",", -1));
    Terminal data = terminal(terminals.contains("out"), "stdout.encoding", places);
    Terminal messages = terminal(terminals.contains("err"), "stderr.encoding", places);
    Writer err = utf8(FileDescriptor.err);
    Console console =
        new Console(
            // Data is UTF-8 whatever the terminal, messages are for it.
            new PrintWriter(utf8(FileDescriptor.out), true),
            new PrintWriter(messages.unicode() ? err : Ascii.writer(err), true),
            person(terminals));
    int code = new Cli(new Session(console, data, messages, places, patience)).run(args);
    interrupts.finished();
    return code;
  }

  /** Begins what the command will need, beside this thread, which reads the command line. */
  private static void prepare(String... args) {
    if (CommandGroups.asksAboutSeries(args)) {
      Thread.ofPlatform().daemon().name("prepare-to-read").start(SeriesClient::prepareToRead);
    } else if (CommandGroups.merges(args)) {
      MergeEngine.prepare();
    }
  }

  private static Optional<Answers> person(List<String> terminals) {
    if (!terminals.contains("in") || !terminals.contains("err")) {
      return Optional.empty();
    }
    var typed =
        new InputStreamReader(new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8);
    return Optional.of(new Answers(new BufferedReader(typed)));
  }

  private static Terminal terminal(boolean tty, String encodingProperty, Places places) {
    Map<String, String> environment = new HashMap<>(places.variables());
    String[] size = System.getProperty("recycler.size", "").split(" ", 2);
    if (size.length == 2) {
      environment.put("LINES", size[0]);
      environment.put("COLUMNS", size[1]);
    }
    Charset encoding = Charset.forName(System.getProperty(encodingProperty, "UTF-8"));
    return Terminal.of(environment, tty, encoding, ZoneId::systemDefault);
  }

  private static Writer utf8(FileDescriptor descriptor) {
    return new BufferedWriter(
        new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8));
  }
}
