package dev.recycler.activities.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.activities.process.ToolExit.Cause;
import dev.recycler.activities.step.StepInterrupted;
import dev.recycler.activities.step.StepInterrupted.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever ends a tool ends everything that it started. */
class EndOfProcessesTest {
  /**
   * A tool that will not listen, with a child in its session, one in a session of its own as
   * launchers of distributed training make them, and a grandchild behind a shell. All of them keep
   * a file open.
   */
  private static final String STUBBORN =
      """
      trap '' TERM
      exec 9>open
      sleep 600 & echo $! > child
      setsid sleep 600 & echo $! > escaped
      sh -c 'sleep 600 & echo $! > grandchild; wait' &
      while :; do sleep 0.1; done
      """;

  private static final Duration GRACE = Duration.ofMillis(300);

  @TempDir Path folder;

  @Test
  void stoppingEndsAToolThatIgnoresIt() throws Exception {
    Attempt attempt = stubborn();

    attempt.stop(GRACE);

    assertThat(attempt.exit().orElseThrow().cause()).isEqualTo(Cause.STOPPED);
    assertThat(attempt.exit().orElseThrow().signal()).isEqualTo(Posix.SIGKILL);
    nothingIsLeftOf(attempt);
  }

  @Test
  void aToolThatListensMayEndByItself() throws Exception {
    Attempt attempt =
        Runs.start(
            folder.resolve("run"),
            "trap 'echo saved > saved; exit 3' TERM; echo > ready; while :; do sleep 0.05; done");
    Runs.until(() -> attempt.output().resolve("ready").toFile().exists());

    attempt.stop(Duration.ofSeconds(30));

    assertThat(attempt.exit().orElseThrow().code()).isEqualTo(3);
    assertThat(attempt.output().resolve("saved")).exists();
  }

  @Test
  void killingTheToolEndsWhatItStarted() throws Exception {
    Attempt attempt = stubborn();

    Posix.signal(Runs.tool(attempt), Posix.SIGKILL);

    ToolExit exit = Runs.ended(attempt);
    assertThat(exit.cause()).isEqualTo(Cause.BY_ITSELF);
    assertThat(exit.signal()).isEqualTo(Posix.SIGKILL);
    nothingIsLeftOf(attempt);
  }

  @Test
  void killingAGrandchildIsTheToolsOwnAffair() throws Exception {
    Attempt attempt = stubborn();
    long grandchild = pid(attempt, "grandchild");

    Posix.signal(grandchild, Posix.SIGKILL);
    Runs.until(() -> !Runs.isAlive(grandchild));

    assertThat(attempt.state()).isEqualTo(Attempt.State.RUNNING);
    assertThat(Runs.isAlive(Runs.tool(attempt))).isTrue();
    attempt.stop(GRACE);
    nothingIsLeftOf(attempt);
  }

  @Test
  void killingTheSupervisorEndsTheToolAsSoonAsAWorkerLooks() throws Exception {
    Attempt attempt = stubborn();

    Posix.signal(Runs.supervisor(attempt), Posix.SIGKILL);
    Runs.until(() -> Runs.state(attempt) == Attempt.State.LOST);

    nothingIsLeftOf(attempt);
    assertThat(Runs.start(folder.resolve("run"), "exit 0").number()).isEqualTo(2);
  }

  @Test
  void askingTheSupervisorToEndEndsTheTool() throws Exception {
    Attempt attempt = stubborn();

    Posix.signal(Runs.supervisor(attempt), Posix.SIGTERM);

    assertThat(Runs.ended(attempt).cause()).isEqualTo(Cause.STOPPED);
    nothingIsLeftOf(attempt);
  }

  @Test
  void aToolDoesNotOutliveItsOwner() throws Exception {
    Process owner = new ProcessBuilder("sleep", "600").start();
    Attempt attempt =
        new Supervision(Runs.LEASE)
            .startOrAttach(
                folder.resolve("run"),
                (output, _) ->
                    new ToolCommand(
                        List.of("/bin/sh", "-c", STUBBORN),
                        output,
                        Runs.ENVIRONMENT,
                        Set.of(),
                        ProcessIdentity.of(owner.pid()),
                        ToolCommand.Limits.NONE),
                () -> {});
    pid(attempt, "grandchild");

    owner.destroyForcibly().waitFor();

    assertThat(Runs.ended(attempt).cause()).isEqualTo(Cause.OWNER_GONE);
    nothingIsLeftOf(attempt);
  }

  @Test
  void cancellingAStepEndsItsTool() throws Exception {
    Attempt attempt = stubborn();

    assertThatThrownBy(() -> attempt.attend(interrupted(Reason.CANCELLED), false, GRACE))
        .isInstanceOf(StepInterrupted.class);

    nothingIsLeftOf(attempt);
  }

  @Test
  void aStoppingWorkerLeavesTheToolToTheNextUnlessToldOtherwise() throws Exception {
    Attempt attempt = stubborn();

    assertThatThrownBy(() -> attempt.attend(interrupted(Reason.WORKER_STOPPING), false, GRACE))
        .isInstanceOf(StepInterrupted.class);
    assertThatThrownBy(() -> attempt.attend(interrupted(Reason.SUPERSEDED), true, GRACE))
        .isInstanceOf(StepInterrupted.class);
    assertThat(attempt.state()).isEqualTo(Attempt.State.RUNNING);

    assertThatThrownBy(() -> attempt.attend(interrupted(Reason.WORKER_STOPPING), true, GRACE))
        .isInstanceOf(StepInterrupted.class);
    nothingIsLeftOf(attempt);
  }

  private static Attempt.Report interrupted(Reason reason) {
    return () -> {
      throw new StepInterrupted(reason, null);
    };
  }

  private Attempt stubborn() throws Exception {
    Attempt attempt = Runs.start(folder.resolve("run"), STUBBORN);
    for (String name : List.of("child", "escaped", "grandchild")) {
      assertThat(Runs.isAlive(pid(attempt, name))).isTrue();
    }
    return attempt;
  }

  private static long pid(Attempt attempt, String name) throws InterruptedException {
    return Long.parseLong(Runs.appears(attempt.output().resolve(name)));
  }

  private void nothingIsLeftOf(Attempt attempt) throws Exception {
    for (String name : List.of("child", "escaped", "grandchild")) {
      assertThat(Runs.isAlive(pid(attempt, name))).as(name).isFalse();
    }
    assertThat(Runs.holders(attempt.output())).isEmpty();
    long session = Runs.tool(attempt);
    assertThat(
            ProcessHandle.allProcesses()
                .filter(process -> Posix.session(process.pid()) == session)
                .filter(process -> Runs.isAlive(process.pid()))
                .toList())
        .isEmpty();
    Runs.until(() -> Runs.holders(folder).isEmpty());
    assertThat(Optional.of(Runs.supervisor(attempt)).filter(Runs::isAlive)).isEmpty();
  }
}
