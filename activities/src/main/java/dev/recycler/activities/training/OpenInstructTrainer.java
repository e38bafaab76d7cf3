package dev.recycler.activities.training;

import dev.recycler.activities.process.Flags;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.training.Checkpoints.Layout;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.spec.FinetuneSpec;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * open-instruct, from the user's checkout. Its flags differ from version to version, so each flag
 * that is placed here is placed only where the script knows it.
 *
 * @param script the training script in the checkout
 * @param source its text
 * @param shim folder of the {@code sitecustomize} that makes it take a local folder, write
 *     safetensors and keep its checkpoints, in versions that have no flag for it
 */
record OpenInstructTrainer(Path python, Path home, Path script, String source, Path shim, Path data)
    implements Trainer {
  private static final Set<String> OURS =
      Set.of(
          "model_name_or_path",
          "output_dir",
          "do_not_randomize_output_dir",
          "dataset_mixer_list",
          "dataset_mixer_list_splits",
          "dataset_mixer",
          "train_file",
          "resume_from_checkpoint",
          "clean_checkpoints_at_end",
          "cache_dataset_only");

  /** Flags whose defaults are meant for other places than a user's own machine. */
  private static final Map<String, String> DEFAULTS = new LinkedHashMap<>();

  static {
    DEFAULTS.put("push_to_hub", "false");
    DEFAULTS.put("try_launch_beaker_eval_jobs", "false");
    DEFAULTS.put("try_auto_save_to_beaker", "false");
    DEFAULTS.put("keep_last_n_checkpoints", "-1");
  }

  static OpenInstructTrainer finetune(FinetuneSpec spec, Path python, ToolHome tools) {
    return of(spec, python, tools, List.of("finetune.py"));
  }

  static OpenInstructTrainer dpo(FinetuneSpec spec, Path python, ToolHome tools) {
    return of(spec, python, tools, List.of("dpo_tune_cache.py", "dpo_tune.py"));
  }

  static OpenInstructTrainer olmoCore(FinetuneSpec spec, Path python, ToolHome tools) {
    return of(spec, python, tools, List.of("olmo_core_finetune.py"));
  }

  private static OpenInstructTrainer of(
      FinetuneSpec spec, Path python, ToolHome tools, List<String> scripts) {
    if (spec.home() == null) {
      throw user("home: give the folder of your checkout of open-instruct");
    }
    Path home = Path.of(spec.home());
    for (String name : scripts) {
      Path script = home.resolve("open_instruct").resolve(name);
      if (Files.exists(script)) {
        return new OpenInstructTrainer(
            python,
            home,
            script,
            read(script),
            tools.scripts().resolve("local_models"),
            dataFile(Path.of(spec.data())));
      }
    }
    throw user(
        "home: %s has no open_instruct/%s; give the folder of a checkout of open-instruct"
            .formatted(home, scripts.getFirst()));
  }

  private static Path dataFile(Path data) {
    Path file = Files.isDirectory(data) ? data.resolve("train.jsonl") : data;
    if (!Files.isRegularFile(file)) {
      throw user("data: open-instruct reads one .jsonl file, and there is no %s".formatted(file));
    }
    return file;
  }

  private static String read(Path script) {
    try {
      return Files.readString(script);
    } catch (IOException e) {
      throw new StepFailed(FailureKind.MACHINE, script + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static StepFailed user(String message) {
    return new StepFailed(FailureKind.USER, "finetune." + message);
  }

  @Override
  public String name() {
    return "open-instruct";
  }

  @Override
  public void check(FinetuneSpec spec) {
    Arguments.refuse(new Flags(spec.arguments()), OURS);
    if ("epoch".equals(spec.arguments().get("checkpointing_steps"))) {
      throw user(
          "arguments.checkpointing_steps: give a number of steps, not epoch, so that checkpoints"
              + " tell their step");
    }
  }

  @Override
  public List<String> command(Launch launch) {
    List<String> command = new ArrayList<>();
    List<String> starter = launch.spec().launch();
    command.addAll(starter.isEmpty() ? List.of(python.toString()) : starter);
    command.add(script.toString());
    command.addAll(List.of("--model_name_or_path", launch.model().toString()));
    if (knows("dataset_mixer_list")) {
      command.addAll(List.of("--dataset_mixer_list", data.toString(), "1.0"));
      if (knows("dataset_mixer_list_splits")) {
        command.addAll(List.of("--dataset_mixer_list_splits", "train"));
      }
    } else {
      command.addAll(List.of("--train_file", data.toString()));
    }
    // It goes on by itself from the newest checkpoint that lies in its output folder.
    command.addAll(List.of("--output_dir", launch.output().toString()));
    if (knows("do_not_randomize_output_dir")) {
      command.addAll(List.of("--do_not_randomize_output_dir", "true"));
    }
    if (knows("clean_checkpoints_at_end")) {
      command.addAll(List.of("--clean_checkpoints_at_end", "false"));
    }
    Flags given = new Flags(launch.spec().arguments());
    DEFAULTS.forEach(
        (flag, value) -> {
          if (knows(flag)) {
            Arguments.addDefault(command, given, flag, value);
          }
        });
    given.addTo(command);
    return command;
  }

  private boolean knows(String flag) {
    return source.contains(flag);
  }

  @Override
  public Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>();
    environment.put("PYTHONPATH", home + File.pathSeparator + shim);
    // Launchers such as accelerate and torchrun are found beside Python.
    String path = System.getenv().getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
    environment.put("PATH", python.toAbsolutePath().getParent() + File.pathSeparator + path);
    environment.put("HF_HUB_OFFLINE", "1");
    environment.put("HF_DATASETS_OFFLINE", "1");
    environment.put("TOKENIZERS_PARALLELISM", "false");
    environment.put("PYTHONUNBUFFERED", "1");
    return environment;
  }

  /** The checkout: its own configuration files are named relative to it. */
  @Override
  public Path directory(Path output) {
    return home;
  }

  /** Digest of the script. */
  @Override
  public String identity() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return script.getFileName()
          + " "
          + HexFormat.of().formatHex(digest.digest(source.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public Checkpoints checkpoints(Path output) {
    return new Checkpoints(output, Layout.OPEN_INSTRUCT);
  }

  @Override
  public String safetensorsRemedy() {
    return "its launcher must pass PYTHONPATH on, through which recycler makes it write safetensors";
  }

  @Override
  public TrainingLog log() {
    return TrainingLog.ofBars();
  }
}
