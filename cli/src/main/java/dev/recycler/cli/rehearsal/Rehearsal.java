package dev.recycler.cli.rehearsal;

import dev.recycler.cli.Cli;
import dev.recycler.cli.Main;
import dev.recycler.cli.console.Console;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.server.ServerFile;
import dev.recycler.cli.terminal.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs what people run most, against a server that knows one series, so that the JVM can write its
 * ahead-of-time cache (JEP 483, JEP 515) of the classes that were loaded and the methods that were
 * busy. The launcher starts it with {@code -XX:AOTCacheOutput}, once for each set of JVM options
 * that it uses; no cache means only that commands start more slowly.
 *
 * <p>It also keeps the help of all commands as text, plain and coloured, which the launcher then
 * prints without a JVM.
 *
 * <p>Usage: {@code Rehearsal commands|merge SCRATCH}, where SCRATCH is an empty folder.
 */
public final class Rehearsal {
  private Rehearsal() {}

  public static void main(String[] args) throws IOException {
    Path scratch = Path.of(args[1]).toAbsolutePath();
    boolean ran =
        switch (args[0]) {
          case "commands" -> help(scratch) && commands(scratch);
          case "merge" -> merge(scratch);
          default -> throw new IllegalArgumentException(args[0]);
        };
    Runtime.getRuntime().exit(ran ? 0 : 1);
  }

  private static boolean help(Path scratch) throws IOException {
    Path folder = Files.createDirectories(scratch.resolve("help"));
    boolean shown = true;
    for (boolean colour : List.of(false, true)) {
      String suffix = colour ? ".colour" : "";
      try (Writer file = Files.newBufferedWriter(folder.resolve("recycler" + suffix))) {
        shown &= run(new Cli(session(scratch, file, colour)), "--help");
      }
      for (String command : Cli.commands()) {
        try (Writer file = Files.newBufferedWriter(folder.resolve(command + suffix))) {
          shown &= run(new Cli(session(scratch, file, colour)), command, "--help");
        }
      }
    }
    return shown;
  }

  private static boolean commands(Path scratch) throws IOException {
    try (ServerOfOneSeries server = new ServerOfOneSeries()) {
      ServerFile.ownedByThisProcess(server.port(), server.port()).write(scratch);
      String home = scratch.toString();
      return ran("list", "--json", "--home", home)
          && ran("list", "--home", home)
          && ran("status", "--json", "--home", home)
          && ran("status", "--address", "127.0.0.1:" + server.port())
          && ran("report", "--home", home);
    }
  }

  private static boolean ran(String... args) {
    return Main.run(args) == 0;
  }

  private static boolean merge(Path scratch) throws IOException {
    for (String side : List.of("base", "finetuned", "target")) {
      writeModel(scratch.resolve(side));
    }
    return ran(
        "merge",
        "--base",
        scratch.resolve("base").toString(),
        "--finetuned",
        scratch.resolve("finetuned").toString(),
        "--target",
        scratch.resolve("target").toString(),
        "--out",
        scratch.resolve("out").toString());
  }

  private static boolean run(Cli cli, String... args) {
    return cli.run(args) == 0;
  }

  /** A model of one tensor, with a config: enough for every class that a merge needs. */
  private static void writeModel(Path folder) throws IOException {
    Files.createDirectories(folder);
    int values = 4096;
    byte[] header =
        "{\"w\":{\"dtype\":\"BF16\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(values, 2 * values)
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + header.length + 2 * values).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header);
    Files.write(folder.resolve("model.safetensors"), file.array());
    Files.writeString(
        folder.resolve("config.json"),
        "{\"model_type\": \"llama\", \"torch_dtype\": \"bfloat16\"}");
  }

  private static Session session(Path home, Writer out, boolean colour) {
    Console console =
        new Console(new PrintWriter(out), new PrintWriter(Writer.nullWriter()), Optional.empty());
    Terminal terminal = new Terminal(80, 0, colour, true, false, ZoneId.systemDefault());
    return new Session(console, terminal, terminal, new Places(Map.of(), home, home, home, false));
  }
}
