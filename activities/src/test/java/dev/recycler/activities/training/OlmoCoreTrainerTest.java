package dev.recycler.activities.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.activities.step.ToolHome;
import dev.recycler.workflows.spec.FinetuneSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** open-instruct's OLMo trainer; its output is written after OLMo-core's console logger. */
class OlmoCoreTrainerTest {
  @TempDir Path folder;

  @BeforeEach
  void checkout() throws IOException {
    Files.createDirectories(folder.resolve("checkout/open_instruct"));
    Files.writeString(folder.resolve("checkout/open_instruct/olmo_core_finetune.py"), "pass");
    Files.writeString(folder.resolve("train.jsonl"), "{}\n");
  }

  @Test
  void itsPartsAreRunByOneScriptWithTheUsersLauncher() {
    FinetuneSpec spec =
        spec(
            Map.of("config_name", "olmo2_7B", "learning_rate", "8e-5"),
            List.of("torchrun", "--nproc_per_node", "8"));
    assertThat(command(spec))
        .containsExactly(
            "/opt/tools/bin/python",
            "/scripts/olmo_core_sft.py",
            "--home",
            folder.resolve("checkout").toString(),
            "--model",
            "/m",
            "--config-name",
            "olmo2_7B",
            "--output",
            "/run/attempt-1/output",
            "--cache",
            "/run/dataset-cache",
            "--launch=torchrun",
            "--launch=--nproc_per_node",
            "--launch=8",
            "--",
            "--mixer_list",
            folder.resolve("train.jsonl").toString(),
            "1.0",
            "--mixer_list_splits",
            "train",
            "--keep_last_n_checkpoints",
            "-1",
            "--ephemeral_save_interval",
            "0",
            "--learning_rate",
            "8e-5");
  }

  @Test
  void withoutALauncherEveryDeviceOfTheJobGetsAProcess() {
    assertThat(command(spec(Map.of("config-name", "olmo2_1B_v2"), List.of())))
        .containsSubsequence(
            "--launch=/opt/tools/bin/python",
            "--launch=-m",
            "--launch=torch.distributed.run",
            "--launch=--standalone",
            "--launch=--nproc_per_node",
            "--launch=4",
            "--")
        .doesNotContain("--config-name=olmo2_1B_v2");
  }

  @Test
  void itsOwnFlagsAndAMissingConfigurationAreRefused() {
    FinetuneSpec own = spec(Map.of("config_name", "x", "local_cache_dir", "/c"), List.of());
    assertThatThrownBy(() -> Trainer.of(own, home()).check(own))
        .hasMessageContaining("local_cache_dir is set by recycler itself");
    FinetuneSpec bare = spec(Map.of("max_train_steps", "6"), List.of());
    assertThatThrownBy(() -> Trainer.of(bare, home()).check(bare))
        .hasMessageContaining("config_name is missing")
        .hasMessageContaining("olmo2_7B");
  }

  @Test
  void itsLogTellsStepsAndFiguresWhateverElseHasBars() {
    TrainingLog log = Trainer.of(spec(Map.of("config_name", "x"), List.of()), home()).log();
    for (String line :
        List.of(
            "Map: 100%|██████████| 160/160 [00:00<00:00, 5278.97 examples/s]",
            "100%|██████████| 9/9 [00:00<00:00, 52.97it/s]",
            "2026-11-21 16:40:30.100\tvm:0\tolmo_core.train.callbacks.console_logger:79\tINFO\t"
                + "[step=2/6,epoch=1,eta=4s]",
            "optim/LR (group 0)=7.758E-05",
            "train/CE loss=6.262",
            "train/PPL=524.1",
            "throughput/device/TPS=1,207")) {
      log.accept(line);
    }
    assertThat(log.step()).isEqualTo(2);
    assertThat(log.total()).isEqualTo(6);
    assertThat(log.loss()).isEqualTo(6.262);
    assertThat(log.learningRate()).isEqualTo(7.758e-5);

    log.accept("[step=3/???,epoch=1]");
    log.accept("train/CE loss=nan");
    assertThat(log.total()).isEqualTo(6);
    assertThat(log.notANumberAt()).isEqualTo(3);
  }

  @Test
  void aStateIsWholeWhenItsMetadataIsThere() throws IOException {
    Path output = folder.resolve("output");
    for (String step : List.of("step0", "step2", "step4")) {
      Files.createDirectories(output.resolve(step).resolve("model_and_optim"));
      Files.writeString(output.resolve(step).resolve(".metadata.json"), "{}");
    }
    Files.delete(output.resolve("step4/.metadata.json"));

    Trainer trainer = Trainer.of(spec(Map.of("config_name", "x"), List.of()), home());
    assertThat(trainer.checkpoints(output).all())
        .extracting(Checkpoints.Saved::step, Checkpoints.Saved::flaw)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(0L, null),
            org.assertj.core.groups.Tuple.tuple(2L, null),
            org.assertj.core.groups.Tuple.tuple(4L, "has no .metadata.json"));
  }

  private List<String> command(FinetuneSpec spec) {
    return Trainer.of(spec, home())
        .command(
            new Trainer.Launch(
                spec, Path.of("/m"), Path.of("/run/attempt-1/output"), Optional.empty()));
  }

  private FinetuneSpec spec(Map<String, String> arguments, List<String> launch) {
    return new FinetuneSpec(
        "open-instruct-olmo-core",
        null,
        folder.resolve("train.jsonl").toString(),
        new LinkedHashMap<>(arguments),
        Map.of(),
        folder.resolve("checkout").toString(),
        launch,
        4,
        null);
  }

  private static ToolHome home() {
    return new ToolHome(Path.of("/opt/tools/bin/python"), Path.of("/scripts"));
  }
}
