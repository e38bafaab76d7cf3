package dev.recycler.activities.training;

import dev.recycler.activities.process.Slots;
import dev.recycler.activities.process.Supervision;
import dev.recycler.activities.process.ToolHost;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.activities.step.StepInterrupted;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.activity.Steps.Finetuned;
import dev.recycler.workflows.activity.Steps.StopRule;
import dev.recycler.workflows.spec.FinetuneSpec;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A trainer with TRL's flags and folders whose weights depend on every step, so that a step left
 * out or trained twice shows in the final bytes. It stops where a test wants to find it: at {@code
 * HOLD}, once, until the file {@code go} is there.
 */
final class SteppingTrainer {
  /** No supervisor of a busy machine is silent for so long. */
  private static final Duration LEASE = Duration.ofSeconds(30);

  private static final String SCRIPT =
      """
      #!/bin/sh
      trap '' TERM
      while [ $# -gt 0 ]; do
        case "$1" in
          --output_dir) out=$2; shift;;
          --resume_from_checkpoint) resume=$2; shift;;
        esac
        shift
      done
      exec 9> "$out/open"
      setsid sleep 600 & echo $! > "$out/../grandchild"
      hold() {
        if [ "$HOLD" = "$1" ] && [ ! -e "$PLACE/held" ]; then
          echo "$out" > "$PLACE/held"
          while [ ! -e "$PLACE/go" ]; do sleep 0.05; done
        fi
      }
      weights() {
        printf '{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}' > "$1/h"
        { printf '\\066\\000\\000\\000\\000\\000\\000\\000'; cat "$1/h"; } > "$1/model.safetensors"
        hold "half-$2"
        printf '%08d' $((state % 100000000)) >> "$1/model.safetensors"
        rm "$1/h"
        echo '{}' > "$1/config.json"
      }
      state=1
      step=0
      hold start
      if [ -n "$resume" ]; then
        step=${resume##*checkpoint-}
        state=$(cat "$resume/state")
      fi
      while [ $step -lt 12 ]; do
        step=$((step + 1))
        state=$(printf '%s %s' $state $step | cksum | cut -d' ' -f1)
        echo "trained step $step"
        printf '\\r %d%%|###   | %d/12 [00:01<00:01,  4.00it/s]\\n' $((step * 100 / 12)) $step
        if [ $((step % 4)) = 0 ] && [ $step -lt 12 ]; then
          mkdir -p "$out/checkpoint-$step"
          weights "$out/checkpoint-$step" $step
          echo $state > "$out/checkpoint-$step/state"
          if [ -n "$BALLAST" ] && ! head -c "$BALLAST" /dev/zero > "$out/checkpoint-$step/optimizer.pt"
          then
            echo "OSError: [Errno 28] No space left on device"
            exit 1
          fi
          echo '{"global_step": '$step', "max_steps": 12}' > "$out/checkpoint-$step/trainer_state.json"
        fi
        hold $step
      done
      weights "$out" final
      """;

  final Path place;
  final Path store;
  private final String hold;
  private final String ballast;
  private Duration lease = LEASE;
  private Duration grace = Duration.ofMillis(300);

  /**
   * A trainer with a folder of its own.
   *
   * @param place for what it needs and where it stops
   * @param store for what it makes
   * @param hold {@code start}, the number of a step, {@code half-N} within the saving of step N,
   *     {@code half-final}, or empty
   * @param ballast bytes of optimizer state in a checkpoint, or empty
   */
  SteppingTrainer(Path place, Path store, String hold, String ballast) throws IOException {
    this.place = Files.createDirectories(place);
    this.store = store;
    this.hold = hold;
    this.ballast = ballast;
    Path script = place.resolve("python");
    if (!Files.exists(script)) {
      Files.writeString(script, SCRIPT);
      script.toFile().setExecutable(true);
    }
  }

  SteppingTrainer(Path place, String hold) throws IOException {
    this(place, place.resolve("store"), hold, "");
  }

  /** The same trainer, by a worker that soon takes a silent supervisor for dead. */
  SteppingTrainer impatient() {
    lease = Duration.ofSeconds(8);
    return this;
  }

  /**
   * A worker: {@code place, hold}; goes on after failures as Temporal would. With a third argument
   * it is cancelled as soon as the file {@code cancel} is there, and gives its tool a long grace.
   */
  public static void main(String[] arguments) throws Exception {
    SteppingTrainer trainer = new SteppingTrainer(Path.of(arguments[0]), arguments[1]);
    if (arguments.length > 2) {
      trainer.grace = Duration.ofSeconds(5);
      trainer.run(_ -> trainer.interruptWhenCancelled());
    }
    Finetuned result = trainer.retried();
    Files.writeString(trainer.place.resolve("result"), result.model().path());
  }

  private void interruptWhenCancelled() {
    if (Files.exists(place.resolve("cancel"))) {
      throw new StepInterrupted(StepInterrupted.Reason.CANCELLED, null);
    }
  }

  /** Runs the step, again after each failure that is not the user's. */
  Finetuned retried() throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return run(_ -> {});
      } catch (StepFailed e) {
        if (e.kind() == FailureKind.USER || attempt == 3) {
          throw e;
        }
      }
    }
  }

  Finetuned run(Consumer<Heartbeat> report) throws IOException, InterruptedException {
    return steps().finetune().run(input(), monitor(report));
  }

  /** What a worker does with trainings. */
  Trainings steps() {
    return Trainings.of(tools(), host(), new FindOrMake());
  }

  /** The checkpoints of a training that runs, as a worker sees them. */
  KeptCheckpoints checkpoints(FinetuneInput training) throws IOException {
    return new KeptCheckpoints(training, tools(), host(), new FindOrMake());
  }

  private ToolHome tools() {
    return new ToolHome(place.resolve("python"), place);
  }

  private ToolHost host() {
    return new ToolHost(
        Slots.cpu(1, place.resolve("devices")), new Supervision(lease), false, grace);
  }

  /** The same training from a folder that is there, which may be stopped. */
  FinetuneInput stoppable(Path start, StopRule... stops) {
    FinetuneInput whole = input();
    return new FinetuneInput(
        whole.context(),
        new Artifact(start.toString(), "digest of M1", "fingerprint of M1", false),
        whole.finetune(),
        whole.pins(),
        List.of(stops));
  }

  private FinetuneInput input() {
    Map<String, String> environment = new TreeMap<>(Map.of("PLACE", place.toString()));
    environment.put("HOLD", hold);
    environment.put("BALLAST", ballast);
    return new FinetuneInput(
        new StepContext("series", "M1.plain.finetune", store.toString()),
        new Artifact("/models/M1", "digest of M1", "fingerprint of M1", false),
        new FinetuneSpec(
            "trl",
            place.resolve("python").toString(),
            "/data/train",
            Map.of("max_steps", "12"),
            environment),
        new Pins(Map.of("/data/train", "digest of data"), Map.of()));
  }

  static StepMonitor monitor(Consumer<Heartbeat> report) {
    return new StepMonitor() {
      @Override
      public void report(Heartbeat heartbeat) {
        report.accept(heartbeat);
      }

      @Override
      public String execution() {
        return "one";
      }

      @Override
      public String host() {
        return "here";
      }
    };
  }

  /** Starts a worker as a process of its own. */
  Process worker() throws IOException {
    return process(place.toString(), hold);
  }

  /** The same, which is cancelled as soon as the file {@code cancel} is there. */
  Process cancelling() throws IOException {
    return process(place.toString(), hold, "cancelled");
  }

  private static Process process(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SteppingTrainer.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).inheritIO().start();
  }

  /** Waits until the trainer stands where it is held; gives the folder of its attempt. */
  Path held() throws IOException, InterruptedException {
    Path file = place.resolve("held");
    for (int i = 0; i < 4800 && !(Files.exists(file) && Files.size(file) > 0); i++) {
      Thread.sleep(25);
    }
    return Path.of(Files.readString(file).strip()).getParent();
  }

  void letGo() throws IOException {
    Files.createFile(place.resolve("go"));
  }

  /** The process that an attempt has written down: {@code supervisor} or {@code tool}. */
  static long pid(Path attempt, String name) throws IOException, InterruptedException {
    Path file = attempt.resolve(name);
    for (int i = 0; i < 400 && !Files.exists(file); i++) {
      Thread.sleep(25);
    }
    Properties properties = new Properties();
    properties.load(new StringReader(Files.readString(file)));
    return Long.parseLong(properties.getProperty(name + ".pid"));
  }
}
