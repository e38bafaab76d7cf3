package dev.recycler.activities.training;

import dev.recycler.activities.process.Slots;
import dev.recycler.activities.process.Supervision;
import dev.recycler.activities.process.ToolHost;
import dev.recycler.activities.step.StepMonitor;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.activity.Steps.Finetuned;
import dev.recycler.workflows.spec.FinetuneSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A shell script in the place of Python that takes TRL's flags and makes TRL's folders, and goes
 * wrong where its environment variable {@code WRONG} says so.
 */
final class StandInTrainer {
  static final int STEPS = 6;

  private static final String SCRIPT =
      """
      #!/bin/sh
      echo started >> "$STARTS"
      while [ $# -gt 0 ]; do
        case "$1" in
          --model_name_or_path) model=$2; shift;;
          --output_dir) out=$2; shift;;
          --resume_from_checkpoint) resume=$2; shift;;
        esac
        shift
      done
      save() { mkdir -p "$1"; cp "$model/config.json" "$model/model.safetensors" "$1/"; }
      step=0
      if [ -n "$resume" ]; then step=${resume##*checkpoint-}; fi
      case "$WRONG" in
        usage) echo "sft.py: error: argument --max_steps: invalid int value: 'x'" >&2; exit 2;;
        module) echo "ModuleNotFoundError: No module named 'trl'"; exit 1;;
        data) echo "FileNotFoundError: Couldn't find any data file at /nowhere."; exit 1;;
        hub) echo "huggingface_hub.errors.GatedRepoError: 403 Client Error."; exit 1;;
      esac
      while [ $step -lt 6 ]; do
        step=$((step + 1))
        echo "trained step $step"
        printf '\\r %d%%|###   | %d/6 [00:01<00:01,  4.00it/s]' $((step * 100 / 6)) $step
        printf "\\r{'loss': '%s', 'learning_rate': '0.001', 'epoch': '0.5'}\\n" 1.$step
        if [ $((step % 2)) = 0 ]; then
          save "$out/checkpoint-$step"
          echo '{"global_step": '$step', "max_steps": 6}' > "$out/checkpoint-$step/trainer_state.json"
        fi
        case "$WRONG-$step-$resume" in
          killed-5-) kill -9 $$;;
          torn-5-) head -c 20 "$model/model.safetensors" > "$out/checkpoint-4/model.safetensors"
                   kill -9 $$;;
          torn-state-5-) rm "$out/checkpoint-4/trainer_state.json"; kill -9 $$;;
          short-5-) save "$out"; exit 0;;
          nan-3-*) echo "{'loss': 'nan', 'learning_rate': '0.001', 'epoch': '0.5'}"; sleep 600;;
          gpu-memory-3-*) echo "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB"
                     echo "[rank0]: terminating"; exit 1;;
          disk-3-*) echo "OSError: [Errno 28] No space left on device"; exit 1;;
          hardware-3-*) echo "torch.distributed.DistBackendError: NCCL error in: x.cpp"; exit 1;;
          unknown-3-*) echo "Traceback (most recent call last):"
                     echo "ValueError: key $HF_TOKEN is odd"; exit 1;;
          hang-3-*) sleep 600;;
        esac
      done
      case "$WRONG" in
        nothing) exit 0;;
        pickle) cp "$model/config.json" "$out/"; echo x > "$out/pytorch_model.bin"; exit 0;;
        cut) save "$out"; head -c 20 "$model/model.safetensors" > "$out/model.safetensors"; exit 0;;
      esac
      save "$out"
      echo pickle > "$out/training_args.bin"
      """;

  private final Path folder;
  final Path store;
  final Path model;
  final List<Heartbeat> beats = new ArrayList<>();
  final FindOrMake steps = new FindOrMake();
  Slots slots;

  StandInTrainer(Path folder) throws IOException {
    this.folder = folder;
    this.store = folder.resolve("the store");
    this.slots = Slots.cpu(1, folder.resolve("devices"));
    this.model = Files.createDirectories(folder.resolve("models/M 1"));
    Files.writeString(model.resolve("config.json"), "{}");
    Files.write(model.resolve("model.safetensors"), safetensors());
    Path script = folder.resolve("python");
    Files.writeString(script, SCRIPT);
    script.toFile().setExecutable(true);
  }

  private static byte[] safetensors() {
    byte[] header =
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"
            .getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + header.length + 8)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .putFloat(1.5f)
        .putFloat(-2)
        .array();
  }

  /** How often the script was started. */
  int starts() throws IOException {
    return Files.readAllLines(folder.resolve("starts")).size();
  }

  FinetuneInput input(String wrong) {
    return input(wrong, Map.of("max_steps", "6"));
  }

  FinetuneInput input(String wrong, Map<String, String> arguments) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("WRONG", wrong);
    environment.put("STARTS", folder.resolve("starts").toString());
    FinetuneSpec spec =
        new FinetuneSpec(
            "trl", folder.resolve("python").toString(), "/data/train", arguments, environment);
    return new FinetuneInput(
        new StepContext("series", "M1.plain.finetune", store.toString()),
        new Artifact(model.toString(), "digest of M1", "fingerprint of M1", false),
        spec,
        new Pins(Map.of("/data/train", "digest of data"), Map.of()));
  }

  Finetuned run(FinetuneInput input) throws IOException, InterruptedException {
    return run(input, beats::add);
  }

  Finetuned run(FinetuneInput input, Consumer<Heartbeat> report)
      throws IOException, InterruptedException {
    ToolHost host =
        new ToolHost(slots, new Supervision(Duration.ofSeconds(20)), false, Duration.ofMillis(200));
    return new FinetuneStep(new ToolHome(folder.resolve("python"), folder), host, steps)
        .run(
            input,
            new StepMonitor() {
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
            });
  }
}
