package dev.recycler.activities.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.step.StepMonitor;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.activity.Heartbeat.Amount;
import dev.recycler.workflows.activity.Heartbeat.GpuUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a heartbeat tells beside the figures of its tool. */
class ToolBeatsTest {
  @TempDir Path folder;
  private final List<Heartbeat> sent = new ArrayList<>();
  private Attempt attempt;

  @AfterEach
  void end() throws Exception {
    if (attempt != null) {
      attempt.stop(Duration.ZERO);
    }
  }

  @Test
  void tellsTheUseOfTheGpusThatTheToolWasGiven() throws Exception {
    nvidiaSmi(
        """
        [ "$*" = '--query-gpu=index,uuid,memory.used,memory.total,utilization.gpu \\
        --format=csv,noheader,nounits' ] || exit 2
        echo '0, GPU-5a3c, 4, 81559, 0'
        echo '1, GPU-77f0, 70121, 81559, 98'
        echo '2, GPU-9b1d, [N/A], [N/A], [Not Supported]'
        """
            .replace("\\\n", ""));
    ToolBeats beats = running("GPU-77f0,2", "sleep 600");

    Runs.until(() -> beat(beats).gpus().getFirst().percent() != null);

    assertThat(sent.getFirst().gpus())
        .as("nobody waits for the driver")
        .extracting(GpuUse::id)
        .containsExactly("GPU-77f0", "2");
    assertThat(sent.getLast().gpus())
        .containsExactly(
            new GpuUse("GPU-77f0", 70121L << 20, 81559L << 20, 98),
            new GpuUse("2", null, null, null));
  }

  @Test
  void aDriverThatHangsHoldsNothingUp() throws Exception {
    nvidiaSmi("exec sleep 600");
    ToolBeats beats = running("0", "sleep 600");

    assertThat(beat(beats).gpus()).containsExactly(new GpuUse("0", null, null, null));
    assertThat(beat(beats).gpus()).containsExactly(new GpuUse("0", null, null, null));
  }

  @Test
  void tellsWhereTheRunCanBeWatched() throws Exception {
    ToolBeats beats =
        running(
            "",
            """
            echo 'wandb: ⭐️ View project at https://wandb.ai/team/project'
            echo 'wandb: 🚀 View run at https://wandb.ai/team/project/runs/abc123'
            echo 'wandb: ⭐️ View project at https://wandb.ai/team/project'
            sleep 600
            """);

    Runs.until(() -> beat(beats).url() != null && beat(beats).url().endsWith("abc123"));

    assertThat(sent.getLast().url()).isEqualTo("https://wandb.ai/team/project/runs/abc123");
    assertThat(sent.getLast().gpus()).isEmpty();
  }

  private ToolBeats running(String devices, String program) throws Exception {
    Map<String, String> environment = new TreeMap<>();
    environment.put("PATH", folder + ":" + System.getenv("PATH"));
    environment.put("CUDA_VISIBLE_DEVICES", devices);
    attempt =
        new Supervision(Runs.LEASE)
            .startOrAttach(
                folder.resolve("run"),
                (output, _) -> Runs.shell(output, program).withEnvironment(environment),
                () -> {});
    Runs.tool(attempt);
    return new ToolBeats(monitor(), "M1.plain.finetune", "steps");
  }

  private Heartbeat beat(ToolBeats beats) {
    try {
      beats.read(attempt, _ -> {});
      beats.running("training", attempt, ToolBeats.Figures.of(Amount.none("steps")));
      return sent.getLast();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private StepMonitor monitor() {
    return new StepMonitor() {
      @Override
      public void report(Heartbeat heartbeat) {
        sent.add(heartbeat);
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

  private void nvidiaSmi(String program) throws IOException {
    Path script = folder.resolve("nvidia-smi");
    Files.write(script, Arrays.asList("#!/bin/sh", program));
    script.toFile().setExecutable(true);
  }
}
