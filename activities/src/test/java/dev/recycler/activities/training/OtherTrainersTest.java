package dev.recycler.activities.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.activities.step.ToolHome;
import dev.recycler.workflows.activity.Steps.Checkpoint;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.activity.Steps.Finetuned;
import dev.recycler.workflows.spec.CustomTrainer;
import dev.recycler.workflows.spec.FinetuneSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** open-instruct, TRL's DPO and programs of the user's own. */
class OtherTrainersTest {
  private static final Path PYTHON = Path.of("/opt/tools/bin/python");

  @TempDir Path folder;

  @Test
  void openInstructGetsTheFlagsThatItsVersionKnows() throws Exception {
    FinetuneSpec spec = openInstruct("finetune.py", HEAD, Map.of("seed", "1"), List.of());

    assertThat(command(spec, Optional.empty()))
        .containsExactly(
            "/opt/tools/bin/python",
            script("finetune.py"),
            "--model_name_or_path",
            "/m",
            "--dataset_mixer_list",
            folder.resolve("train.jsonl").toString(),
            "1.0",
            "--dataset_mixer_list_splits",
            "train",
            "--output_dir",
            "/o",
            "--do_not_randomize_output_dir",
            "true",
            "--clean_checkpoints_at_end",
            "false",
            "--push_to_hub",
            "false",
            "--try_launch_beaker_eval_jobs",
            "false",
            "--try_auto_save_to_beaker",
            "false",
            "--keep_last_n_checkpoints",
            "-1",
            "--seed",
            "1");

    FinetuneSpec old =
        openInstruct("finetune.py", OLD, Map.of("use_flash_attn", "true"), List.of());
    assertThat(command(old, Optional.of(Path.of("/o/step_10"))))
        .as("it finds its checkpoint itself")
        .containsExactly(
            "/opt/tools/bin/python",
            script("finetune.py"),
            "--model_name_or_path",
            "/m",
            "--train_file",
            folder.resolve("train.jsonl").toString(),
            "--output_dir",
            "/o",
            "--use_flash_attn",
            "true");

    String between = HEAD.replace("dataset_mixer_list_splits", "");
    assertThat(command(openInstruct("finetune.py", between, Map.of(), List.of()), Optional.empty()))
        .as("early 2025")
        .contains("--dataset_mixer_list")
        .doesNotContain("--dataset_mixer_list_splits");
  }

  @Test
  void openInstructIsStartedByTheUsersLauncherInItsCheckout() throws Exception {
    FinetuneSpec spec =
        openInstruct(
            "dpo_tune.py",
            HEAD,
            Map.of("push_to_hub", "true"),
            List.of("accelerate", "launch", "--num_processes", "4"));
    Trainer trainer = Trainer.of(with("open-instruct-dpo", spec), home());

    assertThat(trainer.command(launch(spec, Optional.empty())))
        .startsWith("accelerate", "launch", "--num_processes", "4", script("dpo_tune.py"))
        .containsSubsequence("--push_to_hub", "true")
        .doesNotContain("/opt/tools/bin/python");
    assertThat(trainer.directory(Path.of("/o"))).isEqualTo(folder.resolve("checkout"));
    assertThat(trainer.environment().get("PATH")).startsWith("/opt/tools/bin:");
  }

  @Test
  void openInstructIsMadeToTakeFoldersAndItsVersionsAreToldApart() throws Exception {
    FinetuneSpec head = openInstruct("finetune.py", HEAD, Map.of(), List.of());
    assertThat(Trainer.of(head, home()).environment().get("PYTHONPATH"))
        .isEqualTo(folder.resolve("checkout") + ":/scripts/local_models");

    String identity = Trainer.of(head, home()).identity();

    FinetuneSpec old = openInstruct("finetune.py", OLD, Map.of(), List.of());
    assertThat(Trainer.of(old, home()).identity())
        .as("another version of the script is another step")
        .startsWith("finetune.py ")
        .isNotEqualTo(identity);
  }

  @Test
  void openInstructsOwnFlagsAndBadPlacesAreRefused() throws Exception {
    FinetuneSpec spec =
        openInstruct("finetune.py", HEAD, Map.of("checkpointing_steps", "epoch"), List.of());
    assertThatThrownBy(() -> Trainer.of(spec, home()).check(spec))
        .hasMessageContaining("give a number of steps, not epoch");
    FinetuneSpec cleaned =
        openInstruct("finetune.py", HEAD, Map.of("clean_checkpoints_at_end", "true"), List.of());
    assertThatThrownBy(() -> Trainer.of(cleaned, home()).check(cleaned))
        .hasMessageContaining("clean_checkpoints_at_end is set by recycler itself");
    assertThatThrownBy(() -> Trainer.of(with("open-instruct-dpo", spec), home()))
        .hasMessageContaining("has no open_instruct/dpo_tune_cache.py");
  }

  @Test
  void onlyStatesThatOpenInstructMarkedCompleteAreGoneOnFrom() throws Exception {
    FinetuneSpec spec = openInstruct("finetune.py", HEAD, Map.of(), List.of());
    for (String step : List.of("step_10", "step_20", "step_9")) {
      Files.createDirectories(folder.resolve("out").resolve(step));
      Files.writeString(folder.resolve("out").resolve(step).resolve("COMPLETED"), "COMPLETED");
    }
    Files.delete(folder.resolve("out/step_20/COMPLETED"));
    Files.createFile(folder.resolve("out/step_10/optimizer.bin"));

    assertThat(Trainer.of(spec, home()).checkpoints(folder.resolve("out")).all())
        .extracting(Checkpoints.Saved::step, Checkpoints.Saved::flaw)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(9L, null),
            org.assertj.core.groups.Tuple.tuple(10L, "optimizer.bin is empty"),
            org.assertj.core.groups.Tuple.tuple(20L, "has no COMPLETED"));
  }

  @Test
  void trlsDpoIsItsOtherScript() {
    FinetuneSpec spec =
        new FinetuneSpec(
            "trl-dpo",
            null,
            "/d",
            Map.of("beta", "0.1"),
            Map.of(),
            null,
            List.of("torchrun", "--nproc_per_node", "2"),
            2,
            null);

    assertThat(Trainer.of(spec, home()).command(launch(spec, Optional.empty())))
        .startsWith("torchrun", "--nproc_per_node", "2", "-m", "trl.scripts.dpo")
        .endsWith("--beta", "0.1");
  }

  @Test
  void aProgramOfTheUsersOwnTrainsAndGoesOnFromItsCheckpoint() throws Exception {
    StandInTrainer stand = new StandInTrainer(folder);
    String program =
        """
        model=$1; out=$2; step=0
        case "$3" in --from=*) step=${3##*step-};; esac
        while [ $step -lt 4 ]; do
          step=$((step + 1)); echo "did $step of 4, loss 0.$step"
          mkdir -p "$out/step-$step"; cp "$model/model.safetensors" "$out/step-$step/"
          touch "$out/step-$step/DONE"
          if [ "$step$3" = 3 ]; then rm "$out/step-3/DONE"; kill -9 $$; fi
        done
        cp "$model/config.json" "$model/model.safetensors" "$out/"
        """;
    FinetuneInput input = stand.input("");
    FinetuneSpec spec =
        new FinetuneSpec(
            "command",
            null,
            "/data/train",
            Map.of(),
            Map.of(),
            null,
            List.of(),
            1,
            new CustomTrainer(
                List.of(
                    "/bin/sh",
                    "-c",
                    program,
                    "mine",
                    "{model}",
                    "{output}",
                    "--from={resume_from}"),
                "did (?<step>[0-9]+) of (?<total>[0-9]+), loss (?<loss>[0-9.]+)",
                "step-{step}",
                "DONE"));
    FinetuneInput own = new FinetuneInput(input.context(), input.start(), spec, input.pins());
    assertThatThrownBy(() -> stand.run(own)).hasMessageContaining("sh was killed by SIGKILL");

    Finetuned result = stand.run(own);

    assertThat(result.steps()).isEqualTo(4);
    assertThat(result.attempts()).isEqualTo(2);
    assertThat(result.checkpoints()).extracting(Checkpoint::step).containsExactly(1L, 2L, 3L);
    assertThat(Path.of(result.checkpoints().getFirst().model().path(), "config.json"))
        .as("a checkpoint of bare weights gets the rest of the model")
        .exists();
    assertThat(Path.of(result.model().path(), "logs/attempt-2.log"))
        .content()
        .startsWith("did 3 of 4");
  }

  private static final String HEAD =
      """
      model_name_or_path dataset_mixer_list dataset_mixer_list_splits
      do_not_randomize_output_dir clean_checkpoints_at_end
      push_to_hub try_launch_beaker_eval_jobs try_auto_save_to_beaker keep_last_n_checkpoints
      snapshot_download(model_path)
      """;
  private static final String OLD = "model_name_or_path train_file use_flash_attn reduce_loss";

  private FinetuneSpec openInstruct(
      String name, String source, Map<String, String> arguments, List<String> launch)
      throws IOException {
    Path script = Path.of(script(name));
    Files.createDirectories(script.getParent());
    Files.writeString(script, source);
    Files.writeString(folder.resolve("train.jsonl"), "{}\n");
    return new FinetuneSpec(
        "open-instruct",
        null,
        folder.resolve("train.jsonl").toString(),
        new LinkedHashMap<>(arguments),
        Map.of(),
        folder.resolve("checkout").toString(),
        launch,
        1,
        null);
  }

  private String script(String name) {
    return folder.resolve("checkout/open_instruct").resolve(name).toString();
  }

  private static FinetuneSpec with(String trainer, FinetuneSpec spec) {
    return new FinetuneSpec(
        trainer,
        spec.python(),
        spec.data(),
        spec.arguments(),
        spec.environment(),
        spec.home(),
        spec.launch(),
        spec.gpus(),
        spec.custom());
  }

  private static List<String> command(FinetuneSpec spec, Optional<Path> resume) {
    return Trainer.of(spec, home()).command(launch(spec, resume));
  }

  private static Trainer.Launch launch(FinetuneSpec spec, Optional<Path> resume) {
    return new Trainer.Launch(spec, Path.of("/m"), Path.of("/o"), resume);
  }

  private static ToolHome home() {
    return new ToolHome(PYTHON, Path.of("/scripts"));
  }
}
