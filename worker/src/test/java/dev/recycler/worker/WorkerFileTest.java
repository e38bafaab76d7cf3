package dev.recycler.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.policy.Policy;
import dev.recycler.worker.WorkerSettings.Deployment;
import dev.recycler.worker.WorkerSettings.Drain;
import dev.recycler.workflows.TaskQueues.Work;
import dev.recycler.workflows.spec.Problem;
import dev.recycler.workflows.spec.SettingsFile;
import dev.recycler.workflows.spec.Surroundings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The file in which the owner of a worker says what it is for and what it may do. */
class WorkerFileTest {
  @Test
  void everyKeyIsRead() {
    assertThat(
            read(
                """
                does: [train, evaluate]
                labels: [h100, big-memory]
                slots: 3
                merges-at-once: 4
                keep-free: 50GB
                drain: finish
                drain-for: 30m
                deployment: {name: recycler, build: "0.1.0", pinned: false}
                allow:
                  folders: [/data, /models]
                  programs: [/opt/trl/bin/python, accelerate]
                  launch: ["accelerate launch --num_processes 4", srun]
                  variables: [WANDB_PROJECT, "NCCL_*"]
                  custom-code: true
                """))
        .contains(
            new WorkerSettings(
                Set.of(Work.TRAIN, Work.EVALUATE),
                List.of("h100", "big-memory"),
                Optional.of(3),
                4,
                50_000_000_000L,
                new Drain(Drain.Manner.FINISH, Duration.ofMinutes(30)),
                Optional.of(new Deployment("recycler", "0.1.0", false)),
                new Policy(
                    Optional.of(List.of(Path.of("/data"), Path.of("/models"))),
                    Optional.of(List.of("/opt/trl/bin/python", "accelerate")),
                    Optional.of(
                        List.of(
                            List.of("accelerate", "launch", "--num_processes", "4"),
                            List.of("srun"))),
                    Optional.of(List.of("WANDB_PROJECT", "NCCL_*")),
                    true)));
  }

  @Test
  void whatIsLeftOutIsAsForAWorkerOfOnesOwn() {
    assertThat(read("slots: 2\n")).contains(WorkerSettings.ofOwner().withSlots(2));
  }

  @Test
  void mistakesAreToldAllAtOnceWithTheirPlaces() {
    assertThat(
            problems(
                """
                does: [trian]
                labels: H100
                keep-free: much
                drain: wait
                alow: {}
                allow:
                  folders: [data, /a/../b]
                  custom-code: maybe
                """))
        .containsExactly(
            "w.yaml:1:8: does[0]: \"trian\" is not work; did you mean \"train\"?",
            "w.yaml:2:9: labels: \"H100\" is not a label; use up to 40 small letters, digits and -",
            "w.yaml:3:12: keep-free: \"much\" is not a size; write one such as 50GB or 64GiB",
            "w.yaml:4:8: drain: \"wait\" is not a way to drain; use hand-over, finish or end",
            "w.yaml:5:1: alow: unknown key; did you mean \"allow\"?",
            "w.yaml:7:13: allow.folders[0]: must be an absolute path without \"..\"",
            "w.yaml:7:19: allow.folders[1]: must be an absolute path without \"..\"",
            "w.yaml:8:16: allow.custom-code: \"maybe\" is not a truth value; use true or false");
  }

  private static Optional<WorkerSettings> read(String text) {
    SettingsFile<WorkerSettings> file = WorkerFile.parse(text, "w.yaml", new Nowhere());
    assertThat(file.problems()).isEmpty();
    return file.settings();
  }

  private static List<String> problems(String text) {
    return WorkerFile.parse(text, "w.yaml", new Nowhere()).problems().stream()
        .map(Problem::toString)
        .toList();
  }

  private record Nowhere() implements Surroundings {
    @Override
    public Path folder() {
      return Path.of("/");
    }

    @Override
    public Path home() {
      return Path.of("/");
    }

    @Override
    public String variable(String name) {
      return null;
    }

    @Override
    public Kind kind(Path path) {
      return Kind.NOTHING;
    }

    @Override
    public List<String> names(Path folder) {
      return List.of();
    }

    @Override
    public boolean writable(Path folder) {
      return false;
    }
  }
}
