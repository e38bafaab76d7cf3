package dev.recycler.activities.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.activities.process.ToolExit.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may go on with a run: one at a time, whatever died or slept meanwhile. */
class TakeoverTest {
  private static final int SIGSTOP = System.getProperty("os.name").startsWith("Mac") ? 17 : 19;
  private static final int SIGCONT = System.getProperty("os.name").startsWith("Mac") ? 19 : 18;
  private static final String LONG = "echo $$ > pid; while :; do sleep 0.1; done";
  private static final Duration SHORT_LEASE = Duration.ofSeconds(3);

  @TempDir Path folder;

  /** The worker of {@link #aNewWorkerFindsTheToolOfAKilledOne}. */
  public static final class Worker {
    public static void main(String[] arguments) throws Exception {
      Runs.start(Path.of(arguments[0]), LONG);
      Thread.sleep(Duration.ofMinutes(10));
    }
  }

  @Test
  void aNewWorkerFindsTheToolOfAKilledOne() throws Exception {
    Path run = folder.resolve("run");
    Process worker = worker(run);
    long tool = Long.parseLong(Runs.appears(run.resolve("attempt-1/output/pid")));
    worker.destroyForcibly().waitFor();

    Attempt found = Runs.start(run, "exit 1");

    assertThat(found.attached()).isTrue();
    assertThat(found.number()).isEqualTo(1);
    assertThat(Runs.tool(found)).isEqualTo(tool);
    assertThat(Runs.isAlive(tool)).isTrue();
    assertThat((long) Posix.session(Runs.supervisor(found)))
        .as("a signal from the worker's terminal does not reach it")
        .isEqualTo(Runs.supervisor(found));
    found.stop(Duration.ZERO);
  }

  @Test
  void whenEverythingIsKilledAtOnceTheNextAttemptBegins() throws Exception {
    Path run = folder.resolve("run");
    Process worker = worker(run);
    long tool = Long.parseLong(Runs.appears(run.resolve("attempt-1/output/pid")));
    Runs.appears(run.resolve("attempt-1/tool"));
    long supervisor =
        AttemptFolder.of(run.resolve("attempt-1")).identity("supervisor").orElseThrow().pid();

    // The supervisor before the tool, whose end it would record.
    worker.destroyForcibly();
    Posix.signal(supervisor, Posix.SIGKILL);
    Runs.until(() -> !Runs.isAlive(supervisor));
    Posix.signal(tool, Posix.SIGKILL);
    Runs.until(() -> !Runs.isAlive(tool));
    worker.waitFor();

    Attempt next = Runs.start(run, "exit 0");
    assertThat(next.number()).isEqualTo(2);
    assertThat(Runs.ended(next).isZero()).isTrue();
  }

  private static Process worker(Path run) throws Exception {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Worker.class.getName(),
            run.toString())
        .inheritIO()
        .start();
  }

  @Test
  void anEndThatNobodyHasJudgedIsFoundAndAJudgedFailureIsNot() throws Exception {
    Path run = folder.resolve("run");
    Runs.ended(Runs.start(run, "exit 5"));

    Attempt found = Runs.start(run, "exit 0");
    assertThat(found.exit().orElseThrow().code()).isEqualTo(5);
    found.reject();

    Attempt next = Runs.start(run, "exit 0");
    assertThat(next.number()).isEqualTo(2);
    assertThat(Runs.ended(next).isZero()).isTrue();
  }

  @Test
  void aStoppedToolIsStartedAnew() throws Exception {
    Path run = folder.resolve("run");
    Runs.start(run, LONG).stop(Duration.ZERO);

    assertThat(Runs.ended(Runs.start(run, "exit 0")).isZero()).isTrue();
  }

  @Test
  void nobodyWaitsForAnAttemptThatCannotBegin() throws Exception {
    Path run = folder.resolve("run");
    assertThatThrownBy(
            () ->
                new Supervision(Runs.LEASE)
                    .startOrAttach(
                        run,
                        (_, _) -> {
                          throw new IOException("no space");
                        },
                        () -> {}))
        .hasMessage("no space");
    Path dead = Files.createDirectories(run.resolve("attempt-2"));
    Process claimer = new ProcessBuilder("sleep", "600").start();
    Map<String, String> claim = new TreeMap<>(Map.of("token", "t"));
    Identities.put(claim, "claimer", ProcessIdentity.of(claimer.pid()).orElseThrow());
    RecordFile.write(dead.resolve("claim"), claim);
    claimer.destroyForcibly().waitFor();

    Attempt next =
        new Supervision(Duration.ofDays(1))
            .startOrAttach(run, (output, _) -> Runs.shell(output, "exit 0"), () -> {});

    assertThat(next.number()).isEqualTo(3);
    assertThat(Runs.ended(next).isZero()).isTrue();
  }

  @Test
  void otherWorkersLearnThatAnAttemptWasGivenUpOnceTheDiskHasRoom() throws Exception {
    Path run = folder.resolve("run");
    giveUpOnAFullDisk(run);
    assertThat(run.resolve("attempt-1/lost")).doesNotExist();

    makeRoom(run);
    Runs.until(() -> Files.exists(run.resolve("attempt-1/lost")));
  }

  @Test
  void otherWorkersLearnThatASupervisorEndedBeforeItWasWrittenDown() throws Exception {
    Path run = folder.resolve("run");
    Path attempt = run.resolve("attempt-1");
    new Supervision(Runs.LEASE)
        .startOrAttach(
            run,
            (output, _) -> {
              // Where it would write itself down nothing can be written, as on a full disk.
              Files.createDirectory(output.resolveSibling("supervisor"));
              return Runs.shell(output, "exit 0");
            },
            () -> {});
    Runs.appears(attempt.resolve("supervisor.log"));
    assertThat(attempt.resolve("lost")).doesNotExist();

    Files.delete(attempt.resolve("supervisor"));
    Runs.until(() -> Files.exists(attempt.resolve("lost")));
  }

  /** Where the record is to be written nothing can be. */
  private static void giveUpOnAFullDisk(Path run) {
    assertThatThrownBy(
            () ->
                new Supervision(Runs.LEASE)
                    .startOrAttach(
                        run,
                        (output, _) -> {
                          Files.createDirectory(
                              output.resolveSibling("lost.new-" + ProcessHandle.current().pid()));
                          throw new IOException("no space");
                        },
                        () -> {}))
        .hasMessage("no space");
  }

  private static void makeRoom(Path run) throws IOException {
    Files.delete(run.resolve("attempt-1/lost.new-" + ProcessHandle.current().pid()));
  }

  @Test
  void nobodyWaitsForAnAttemptThatThisProcessGaveUpAndCouldNotRecord() throws Exception {
    Path run = folder.resolve("run");
    giveUpOnAFullDisk(run);
    makeRoom(run);

    Attempt next =
        new Supervision(Duration.ofDays(1))
            .startOrAttach(
                run,
                (output, _) -> Runs.shell(output, "exit 0"),
                () -> {
                  throw new IllegalStateException("waits for a claim that was given up");
                });

    assertThat(next.number()).isEqualTo(2);
    assertThat(Runs.ended(next).isZero()).isTrue();
  }

  @Test
  void aNewerAttemptFencesTheOneBefore() throws Exception {
    Attempt first = Runs.start(folder.resolve("run"), LONG);
    long tool = Long.parseLong(Runs.appears(first.output().resolve("pid")));

    Files.createDirectory(folder.resolve("run/attempt-2"));

    assertThat(Runs.ended(first).cause()).isEqualTo(Cause.FENCED);
    assertThat(Runs.isAlive(tool)).isFalse();
  }

  @Test
  void aToolWhoseFolderIsRemovedIsEnded() throws Exception {
    Attempt first = Runs.start(folder.resolve("run"), LONG);
    long tool = Long.parseLong(Runs.appears(first.output().resolve("pid")));
    Runs.tool(first);
    long supervisor = Runs.supervisor(first);

    Files.move(folder.resolve("run"), folder.resolve("away"));

    Runs.until(() -> !Runs.isAlive(tool) && !Runs.isAlive(supervisor));
  }

  @Test
  void aSupervisorThatFindsItselfFencedAtItsStartStartsNothing() throws Exception {
    Path run = folder.resolve("run");
    Attempt first =
        new Supervision(Runs.LEASE)
            .startOrAttach(
                run,
                (output, _) -> {
                  Files.createDirectory(run.resolve("attempt-2"));
                  return Runs.shell(output, "touch started");
                },
                () -> {});

    assertThat(Runs.ended(first).cause()).isEqualTo(Cause.FENCED);
    assertThat(first.output().resolve("started")).doesNotExist();
  }

  @Test
  void aSupervisorThatSleepsPastItsLeaseIsReplacedOnItsOwnHost() throws Exception {
    Path run = folder.resolve("run");
    Supervision supervision = new Supervision(SHORT_LEASE);
    Attempt first = supervision.startOrAttach(run, (out, _) -> Runs.shell(out, LONG), () -> {});
    long tool = Long.parseLong(Runs.appears(first.output().resolve("pid")));
    long supervisor = Runs.supervisor(first);
    Posix.signal(supervisor, SIGSTOP);

    Runs.until(() -> Runs.state(first) == Attempt.State.LOST);

    assertThat(List.of(tool, supervisor)).noneMatch(Runs::isAlive);
    assertThat(Runs.start(run, "exit 0").number()).isEqualTo(2);
  }

  @Test
  void anotherHostTakesOverFromADeadLeaseAndTheSleeperIsFencedWhenItWakes() throws Exception {
    Path run = folder.resolve("run");
    Attempt first = Runs.start(run, LONG);
    long tool = Long.parseLong(Runs.appears(first.output().resolve("pid")));
    long supervisor = Runs.supervisor(first);
    // The tool says its number before the supervisor has written it down.
    Runs.appears(run.resolve("attempt-1/tool"));
    Posix.signal(supervisor, SIGSTOP);
    seenFromAnotherHost(run);
    Supervision elsewhere = new Supervision(SHORT_LEASE);

    Attempt found = elsewhere.startOrAttach(run, (out, _) -> Runs.shell(out, "exit 9"), () -> {});
    assertThat(found.number()).as("the lease is not yet known to be dead").isEqualTo(1);
    Runs.until(() -> Runs.state(found) == Attempt.State.LOST);
    assertThat(Runs.isAlive(tool)).as("another host cannot reach it").isTrue();
    Attempt second =
        elsewhere.startOrAttach(run, (out, _) -> Runs.shell(out, "echo second > result"), () -> {});
    assertThat(second.number()).isEqualTo(2);
    assertThat(Runs.ended(second).isZero()).isTrue();

    Posix.signal(supervisor, SIGCONT);

    Runs.until(() -> !Runs.isAlive(tool) && !Runs.isAlive(supervisor));
    assertThat(first.exit().orElseThrow().cause()).isEqualTo(Cause.FENCED);
    assertThat(Runs.read(second.output().resolve("result"))).isEqualTo("second\n");
  }

  /** Makes the identities look as they do to a worker of another host. */
  private static void seenFromAnotherHost(Path run) throws Exception {
    for (String name : List.of("supervisor", "tool", "claim")) {
      Path file = run.resolve("attempt-1").resolve(name);
      Map<String, String> values = new TreeMap<>(RecordFile.read(file).orElseThrow());
      values.replaceAll((key, value) -> key.endsWith(".place") ? "another boot" : value);
      values.computeIfPresent("token", (_, _) -> "unreachable");
      RecordFile.write(file, values);
    }
  }

  @Test
  void aNumberOfAnotherBootIsNotTakenForTheSupervisor() throws Exception {
    ProcessIdentity me = ProcessIdentity.current();
    assertThat(me.isAlive()).isTrue();
    assertThat(new ProcessIdentity(me.pid(), me.start(), "another boot").isAlive()).isFalse();
    assertThat(new ProcessIdentity(me.pid(), me.start() + "1", me.place()).isAlive()).isFalse();
  }
}
