package dev.recycler.activities;

import dev.recycler.activities.step.StepFailed;
import dev.recycler.workflows.activity.FailureKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The versions of a tool and of the packages that decide what it computes. */
final class PythonPackages {
  private static final List<String> TRL =
      List.of("trl", "transformers", "torch", "accelerate", "datasets", "tokenizers");

  /** From a checkout; what it computes depends on these and on the script, which is digested. */
  private static final List<String> OPEN_INSTRUCT =
      List.of("transformers", "torch", "accelerate", "deepspeed", "datasets", "tokenizers");

  private static final Map<String, List<String>> PACKAGES =
      Map.of(
          "trl",
          TRL,
          "trl-dpo",
          TRL,
          "open-instruct",
          OPEN_INSTRUCT,
          "open-instruct-dpo",
          OPEN_INSTRUCT,
          "open-instruct-olmo-core",
          List.of("ai2-olmo-core", "transformers", "torch", "datasets", "tokenizers"),
          "lm-eval",
          List.of("lm-eval", "transformers", "torch", "datasets", "tokenizers"),
          "olmes",
          List.of("transformers", "torch", "datasets", "tokenizers"),
          "olmo-eval",
          List.of("transformers", "torch", "datasets", "tokenizers"));

  private static final String PROGRAM =
      """
      import sys, importlib.metadata as m
      def v(p):
          try: return p + ' ' + m.version(p)
          except m.PackageNotFoundError: return p + ' missing'
      print(', '.join(v(p) for p in sys.argv[1:]))
      """;

  private PythonPackages() {}

  /** E.g. {@code trl 1.16.0, transformers 5.23.0, …}; the tool's own package first. */
  static String versions(Path python, String tool) throws IOException, InterruptedException {
    List<String> packages = PACKAGES.get(tool);
    if (packages == null) {
      return "";
    }
    if (!Files.isExecutable(python)) {
      throw new StepFailed(
          FailureKind.USER, python + " is not a Python executable; " + tool + " needs one");
    }
    List<String> command = new ArrayList<>(List.of(python.toString(), "-I", "-c", PROGRAM));
    command.addAll(packages);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    if (!ended || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new StepFailed(
          FailureKind.MACHINE, python + " could not tell the version of " + tool + ": " + said);
    }
    if (said.startsWith(packages.getFirst() + " missing")) {
      throw new StepFailed(
          FailureKind.USER,
          tool
              + " is not installed for "
              + python
              + "; install it there or leave the key python out");
    }
    return said;
  }
}
