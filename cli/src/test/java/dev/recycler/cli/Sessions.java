package dev.recycler.cli;

import dev.recycler.cli.console.Console;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.terminal.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;

/** Sessions whose output is caught, in a folder of the test's. */
public final class Sessions {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Places places;

  public Sessions(Path folder, Map<String, String> variables) {
    places = new Places(variables, folder.resolve("user"), folder, folder.resolve("app"), false);
  }

  public Session session() {
    Terminal plain = Terminal.plain(true, ZoneOffset.UTC);
    Console console =
        new Console(new PrintWriter(out, true), new PrintWriter(err, true), Optional.empty());
    return new Session(console, plain, plain, places);
  }

  public String out() {
    return out.toString();
  }

  public String err() {
    return err.toString();
  }
}
