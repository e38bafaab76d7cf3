package dev.recycler.cli.doctor;

import dev.recycler.activities.merge.VectorSupport;
import dev.recycler.activities.process.Gpus;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.console.Subprocess;
import dev.recycler.cli.python.PythonEnvironment;
import dev.recycler.cli.python.PythonTools;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.worker.TemporalConnection;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Everything that {@code doctor} looks at, one finding each. */
final class Examination {
  private static final long GIB = 1L << 30;
  private static final String VERSIONS =
      "import importlib.metadata as m\n"
          + "print('versions', ', '.join(p + ' ' + m.version(p) for p in"
          + " ['torch', 'transformers', 'trl', 'lm-eval']))";

  private final Places places;
  private final ServerOptions server;

  Examination(Places places, ServerOptions server) {
    this.places = places;
    this.server = server;
  }

  /**
   * Looks at everything.
   *
   * @param spec the series whose tools are looked at too
   */
  List<Finding> run(Optional<SeriesSpec> spec) throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    findings.add(java());
    findings.add(Finding.ok("merge", VectorSupport.describe()));
    python(findings);
    findings.add(gpus());
    findings.add(worker());
    findings.add(space("cache space", places.cache(), 6));
    findings.add(space("data space", places.data(), 1));
    findings.add(temporal());
    if (spec.isPresent()) {
      findings.addAll(tools(spec.get()));
    }
    return findings;
  }

  private static Finding java() {
    return Finding.ok("Java", Runtime.version() + " in " + System.getProperty("java.home"));
  }

  private void python(List<Finding> findings) throws InterruptedException {
    try {
      Optional<PythonTools> tools = new PythonEnvironment(places).find();
      if (tools.isEmpty()) {
        findings.add(
            Finding.warn(
                "Python tools",
                "not installed yet",
                "'recycler quickstart' and 'recycler dev' install them, about 5 GiB."));
        return;
      }
      Path python = tools.get().python();
      findings.add(
          Finding.ok("Python tools", output(python, "-I", "-c", VERSIONS) + " in " + python));
      findings.add(Finding.ok("server", output(tools.get().temporal(), "--version")));
    } catch (CommandFailed | IOException e) {
      findings.add(Finding.fail("Python tools", "can't be used", e.getMessage()));
    }
  }

  private List<Finding> tools(SeriesSpec spec) throws InterruptedException {
    // Tools without a Python of their own run in the locked one, which may not be installed yet.
    Path locked = places.cache().resolve("python");
    try {
      locked = new PythonEnvironment(places).find().map(PythonTools::python).orElse(locked);
    } catch (CommandFailed e) {
      // Told above.
    }
    return new ToolExamination(locked).of(spec);
  }

  private static Finding gpus() throws InterruptedException {
    try {
      String found =
          output(Path.of("nvidia-smi"), "--query-gpu=name,memory.total", "--format=csv,noheader");
      return Finding.ok("GPUs", found);
    } catch (IOException e) {
      return Finding.ok("GPUs", "none; tools run on the CPU");
    }
  }

  /** What a worker that is started here would use; of secrets only their names. */
  private Finding worker() throws InterruptedException {
    Map<String, String> variables = places.variables();
    List<String> secrets =
        Stream.of("HF_TOKEN", "WANDB_API_KEY").filter(variables::containsKey).toList();
    String told = secrets.isEmpty() ? "no secret is set" : String.join(", ", secrets) + " set";
    try {
      List<String> gpus = Gpus.visible(variables).stream().map(Gpus.Gpu::id).toList();
      String devices = gpus.isEmpty() ? "CPU slots" : "GPUs " + String.join(", ", gpus);
      return Finding.ok("worker", "one started here hands out " + devices + "; " + told);
    } catch (IOException e) {
      return Finding.warn(
          "worker",
          "one started here would use no GPU: " + e.getMessage(),
          "Look at nvidia-smi and CUDA_VISIBLE_DEVICES.");
    }
  }

  private Finding space(String name, Path folder, long gibibytes) throws IOException {
    Path existing = folder;
    while (!Files.isDirectory(existing)) {
      existing = existing.getParent();
    }
    long free = Files.getFileStore(existing).getUsableSpace() / GIB;
    String found = free + " GiB free for " + places.show(folder);
    return free >= gibibytes
        ? Finding.ok(name, found)
        : Finding.warn(name, found, "Make space: " + gibibytes + " GiB are needed there.");
  }

  private Finding temporal() {
    try (TemporalConnection connection = server.connect(places)) {
      return Finding.ok("Temporal", "answers at " + connection.address());
    } catch (CommandFailed e) {
      return Finding.warn(
          "Temporal",
          "not reachable",
          e.getMessage().substring(0, 1).toUpperCase(Locale.ROOT) + e.getMessage().substring(1));
    }
  }

  /** What a program prints; its lines as one, without the leading word {@code versions}. */
  private static String output(Path program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    List<String> lines = new ArrayList<>();
    int status =
        new Subprocess(command)
            .onLine(
                line -> {
                  if (!line.isBlank()) {
                    lines.add(line.strip());
                  }
                })
            .run();
    if (status != 0) {
      throw new IOException(program + " ended with status " + status);
    }
    return String.join(", ", lines).replaceFirst("^versions ", "");
  }
}
