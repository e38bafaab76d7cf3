package dev.recycler.cli.drill.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A harness: {@code --drill DIR --model DIR --task NAME --output DIR --pace MILLISECONDS}. The
 * score follows from weights, tokenizer and task.
 */
public final class Harness {
  private Harness() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    System.exit(run(Options.of(arguments)));
  }

  private static int run(Options options) throws IOException, InterruptedException {
    Path drill = options.path("drill");
    try (Journal journal = Journal.open(drill, "harness")) {
      journal.line("begin", options.run(), options.path("output"));
      String order = new Orders(drill, "harness").take().orElse("");
      if (!order.isEmpty()) {
        journal.line("told", order);
      }
      double score = Arithmetic.score(TinyModel.read(options.path("model")), options.text("task"));
      Thread.sleep(options.number("pace"));
      switch (order) {
        case "crash" -> {
          System.out.println("RuntimeError: the drill told this harness to crash");
          return 1;
        }
        case "nothing" -> {
          return 0;
        }
        case "silent" -> Thread.sleep(3_600_000);
        default -> {}
      }
      Files.writeString(
          options.path("output").resolve("scores.json"),
          String.format(
              Locale.ROOT,
              "{\"metrics\": {\"accuracy\": {\"value\": %s, \"stderr\": 0.01}}, \"examples\": 50}%n",
              score));
      journal.line("done", score);
      return 0;
    }
  }
}
