package dev.recycler.cli;

import dev.recycler.cli.console.Console;
import dev.recycler.cli.console.Patience;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.terminal.Terminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;

/** Where the process starts and ends. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Patience patience = new Patience();
    Interrupts interrupts = Interrupts.ofThisThread(patience);
    Places places = Places.ofProcess();
    Console console =
        Console.of(
            writer(FileDescriptor.out),
            writer(FileDescriptor.err),
            System.getProperty("recycler.terminals", ""),
            places.variables());
    Terminal data = terminal(console.outIsTerminal(), "stdout.encoding", places);
    Terminal messages = terminal(console.errIsTerminal(), "stderr.encoding", places);
    int code = new Cli(new Session(console, data, messages, places, patience)).run(args);
    interrupts.finished();
    Runtime.getRuntime().exit(code);
  }

  private static Terminal terminal(boolean tty, String encodingProperty, Places places) {
    Map<String, String> environment = new HashMap<>(places.variables());
    String[] size = System.getProperty("recycler.size", "").split(" ", 2);
    if (size.length == 2) {
      environment.put("LINES", size[0]);
      environment.put("COLUMNS", size[1]);
    }
    Charset encoding = Charset.forName(System.getProperty(encodingProperty, "UTF-8"));
    return Terminal.of(environment, tty, encoding, ZoneId.systemDefault());
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
