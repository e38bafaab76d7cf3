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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs what people run most, against a server that knows one series, so that the JVM can keep the
 * classes that were loaded (JEP 310, JEP 483). The launcher starts it once for each set of JVM
 * options that it uses; nothing kept means only that commands start more slowly.
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

  /** A model of four tensors in two files, with a config: all that a merge needs is loaded. */
  private static void writeModel(Path folder) throws IOException {
    Files.createDirectories(folder);
    List<String> index = new ArrayList<>();
    for (int number = 1; number <= 2; number++) {
      String file = "model-%05d-of-00002.safetensors".formatted(number);
      List<String> names =
          List.of(
              "model.layers." + number + ".weight",
              number == 1 ? "model.embed_tokens.weight" : "lm_head.weight");
      writeShard(folder.resolve(file), names);
      names.forEach(name -> index.add("\"%s\": \"%s\"".formatted(name, file)));
    }
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"metadata\": {}, \"weight_map\": {" + String.join(", ", index) + "}}");
    Files.writeString(
        folder.resolve("config.json"),
        "{\"model_type\": \"llama\", \"torch_dtype\": \"bfloat16\"}");
  }

  private static void writeShard(Path file, List<String> names) throws IOException {
    int rows = 64;
    int columns = 64;
    int bytes = 2 * rows * columns;
    List<String> tensors = new ArrayList<>();
    for (String name : names) {
      int at = tensors.size() * bytes;
      tensors.add(
          "\"%s\":{\"dtype\":\"BF16\",\"shape\":[%d,%d],\"data_offsets\":[%d,%d]}"
              .formatted(name, rows, columns, at, at + bytes));
    }
    byte[] header = ("{" + String.join(",", tensors) + "}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer content =
        ByteBuffer.allocate(8 + header.length + names.size() * bytes)
            .order(ByteOrder.LITTLE_ENDIAN);
    content.putLong(header.length).put(header);
    Files.write(file, content.array());
  }

  private static Session session(Path home, Writer out, boolean colour) {
    Console console =
        new Console(new PrintWriter(out), new PrintWriter(Writer.nullWriter()), Optional.empty());
    Terminal terminal = new Terminal(80, 0, colour, true, false, ZoneId.systemDefault());
    return new Session(console, terminal, terminal, new Places(Map.of(), home, home, home, false));
  }
}
