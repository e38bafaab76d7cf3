package dev.recycler.cli.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.recycler.cli.console.Subprocess;
import dev.recycler.workflows.spec.EvaluationSpec;
import dev.recycler.workflows.spec.FinetuneSpec;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Looks at the tools of a series file, each in its own environment: whether it can be imported, in
 * what version, whether it knows the flags that the file gives, and how many GPUs torch sees there.
 */
final class ToolExamination {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MARK = "examined ";

  /** A flag in a help text. */
  private static final Pattern FLAG = Pattern.compile("--([A-Za-z][A-Za-z0-9_.-]*)");

  /** A flag in a source: a field of a class of settings, or written out. */
  private static final Pattern FIELD =
      Pattern.compile("(?m)(?:^\\s+|--)([A-Za-z][A-Za-z0-9_-]*)(?=\\s*:|[\"'])");

  /** Prints one line of JSON after {@link #MARK}: versions, what cannot be imported, GPUs. */
  private static final String PROGRAM =
      """
      import importlib, importlib.metadata as m, json, sys
      found = {"python": sys.version.split()[0], "versions": [], "broken": [], "gpus": None}
      for name in sys.argv[1].split(","):
          try: importlib.import_module(name)
          except Exception as e: found["broken"].append(f"{name}: {type(e).__name__}: {e}"[:200])
      for name in sys.argv[2].split(","):
          try: found["versions"].append(name + " " + m.version(name))
          except m.PackageNotFoundError: pass
      try:
          import torch
          found["gpus"] = torch.cuda.device_count()
      except Exception: pass
      print("examined " + json.dumps(found))
      """;

  /**
   * What to ask of a tool.
   *
   * @param modules to be imported
   * @param packages whose versions are told
   * @param help arguments of Python that print its flags; empty where its script is read instead
   */
  private record Probe(String modules, String packages, List<String> help) {}

  private static final Probe OPEN_INSTRUCT =
      new Probe(
          "torch,transformers,accelerate,datasets,deepspeed",
          "transformers,torch,accelerate,deepspeed",
          List.of());

  private static final Map<String, Probe> PROBES =
      Map.of(
          "trl",
          new Probe("trl", "trl,transformers,torch", List.of("-m", "trl.scripts.sft", "--help")),
          "trl-dpo",
          new Probe("trl", "trl,transformers,torch", List.of("-m", "trl.scripts.dpo", "--help")),
          "open-instruct",
          OPEN_INSTRUCT,
          "open-instruct-dpo",
          OPEN_INSTRUCT,
          "open-instruct-olmo-core",
          new Probe(
              "torch,transformers,accelerate,datasets,olmo_core",
              "ai2-olmo-core,transformers,torch",
              List.of()),
          "lm-eval",
          new Probe(
              "lm_eval", "lm-eval,transformers,torch", List.of("-m", "lm_eval", "run", "--help")),
          "olmes",
          new Probe(
              "oe_eval", "ai2-olmes,transformers,torch", List.of("-m", "oe_eval.launch", "--help")),
          "olmo-eval",
          new Probe("olmo_eval", "olmo-eval,transformers,torch", List.of()));

  private final Path locked;

  /**
   * Tools of series files.
   *
   * @param locked Python of the locked environment, for tools without one of their own
   */
  ToolExamination(Path locked) {
    this.locked = locked;
  }

  /** One finding a tool of the file, in its order; then what it does not know. */
  List<Finding> of(SeriesSpec spec) throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    FinetuneSpec finetune = spec.finetune();
    // A series may only merge and score.
    if (finetune != null) {
      findings.add(
          tool(
              finetune.trainer(),
              finetune.python(),
              finetune.home(),
              finetune.arguments(),
              finetune.gpus()));
    }
    for (EvaluationSpec evaluation : spec.evaluate()) {
      findings.add(
          tool(
              evaluation.harness(),
              evaluation.python(),
              null,
              evaluation.arguments(),
              evaluation.gpus()));
    }
    findings.addAll(TaskExamination.of(spec, locked));
    return findings.stream().distinct().toList();
  }

  private Finding tool(
      String name, String python, String home, Map<String, String> arguments, int gpus)
      throws InterruptedException {
    Probe probe = PROBES.get(name);
    if (probe == null) {
      return Finding.ok(name, "a program of your own; recycler does not know what it needs");
    }
    Path executable = python == null ? locked : Path.of(python);
    try {
      Optional<JsonNode> answer = ask(executable, probe);
      if (answer.isEmpty()) {
        return Finding.fail(
            name, executable + " does not answer", "Give a working Python under python:.");
      }
      JsonNode found = answer.get();
      if (!found.path("broken").isEmpty()) {
        return Finding.fail(
            name,
            "cannot be used with " + executable + ": " + joined(found.path("broken")),
            "Install what is missing there, or give another environment under python:.");
      }
      List<String> unknown = unknown(executable, probe, home, arguments.keySet());
      if (!unknown.isEmpty()) {
        return Finding.fail(
            name,
            "does not know " + String.join(", ", unknown) + " in the version there",
            "Look at its --help for how they are called, and correct arguments:.");
      }
      String text =
          "%s; Python %s; torch sees %s"
              .formatted(
                  joined(found.path("versions")), found.path("python").asText(), seen(found));
      int there = found.path("gpus").asInt();
      if (gpus > 1 && there < gpus) {
        return Finding.warn(
            name, text, "It asks for " + gpus + " GPUs: only a worker that has them can run it.");
      }
      if (there == 0 && name.startsWith("trl") && !trainsOnCpu(arguments)) {
        return Finding.warn(
            name,
            text + ", and it trains on a CPU only where it is told to",
            "Write use_cpu: true and bf16: false under finetune.arguments, or have a worker with a"
                + " GPU run it.");
      }
      return Finding.ok(name, text);
    } catch (IOException e) {
      return Finding.fail(
          name, executable + " cannot be started", "Give a Python executable under python:.");
    }
  }

  private static boolean trainsOnCpu(Map<String, String> arguments) {
    return arguments.entrySet().stream()
        .anyMatch(
            each ->
                plain(each.getKey()).equals("use_cpu")
                    && !each.getValue().equalsIgnoreCase("false"));
  }

  private static String seen(JsonNode found) {
    int gpus = found.path("gpus").asInt();
    return gpus == 0 ? "no GPU" : gpus == 1 ? "1 GPU" : gpus + " GPUs";
  }

  private static Optional<JsonNode> ask(Path python, Probe probe)
      throws IOException, InterruptedException {
    List<String> lines =
        output(List.of(python.toString(), "-c", PROGRAM, probe.modules(), probe.packages()));
    for (String line : lines.reversed()) {
      if (line.startsWith(MARK)) {
        try {
          return Optional.of(JSON.readTree(line.substring(MARK.length())));
        } catch (JsonProcessingException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /** Flags of the file that the tool does not name. */
  private static List<String> unknown(
      Path python, Probe probe, String home, Collection<String> flags)
      throws IOException, InterruptedException {
    Set<String> known;
    if (home != null) {
      known = names(FIELD, scripts(Path.of(home)));
    } else if (probe.help().isEmpty()) {
      return List.of();
    } else {
      List<String> command = new ArrayList<>(List.of(python.toString()));
      command.addAll(probe.help());
      known = names(FLAG, String.join("\n", output(command)));
    }
    return flags.stream()
        .filter(flag -> !known.contains(plain(flag)))
        // Python's parsers make it of a truth value.
        .filter(flag -> !known.contains(plain(flag).replaceFirst("^no_", "")))
        .map(flag -> "--" + flag)
        .toList();
  }

  private static Set<String> names(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(found -> plain(found.group(1)))
        .collect(Collectors.toSet());
  }

  private static String plain(String flag) {
    return flag.replace('-', '_');
  }

  /** A checkout's own sources: its flags are fields of classes there. */
  private static String scripts(Path home) throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.list(home.resolve("open_instruct"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".py")).toList()) {
        text.append(Files.readString(file));
      }
    }
    return text.toString();
  }

  /** What a program prints, line by line. */
  static List<String> output(List<String> command) throws IOException, InterruptedException {
    List<String> lines = new ArrayList<>();
    new Subprocess(command)
        .environment(Map.of("HF_HUB_OFFLINE", "1", "COLUMNS", "200"))
        .onLine(lines::add)
        .run();
    return lines;
  }

  private static String joined(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(each -> texts.add(each.asText()));
    return String.join(", ", texts);
  }
}
