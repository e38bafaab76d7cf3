package dev.recycler.cli.drill;

import dev.recycler.cli.drill.hub.DrillHub;
import dev.recycler.cli.drill.server.Server;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Everything that a run consists of while it runs.
 *
 * @param proxy the wire between the workers and the server
 * @param hub where the releases lie, where that is a hub
 * @param disk the store's own file system, where it has one
 * @param accounts what the tools have done
 * @param over whether the series has finished
 * @param restart starts the series anew from its file, as it is now
 */
record Scene(
    RunFolder folder,
    Shape shape,
    Server server,
    Proxy proxy,
    Workers workers,
    SeriesWatch series,
    Commands commands,
    Publications publications,
    TimeLine timeLine,
    Optional<DrillHub> hub,
    Optional<StoreDisk> disk,
    Accounts accounts,
    BooleanSupplier over,
    Restart restart) {
  static final String SUPERVISOR = "activities.process.Supervisor";

  boolean isOver() {
    return over.getAsBoolean();
  }

  /** Starts a series that has ended. */
  interface Restart {
    void run() throws InterruptedException;
  }

  /** The drill's clock: steps that all trainers have done together. */
  long steps() throws IOException {
    return journals().steps();
  }

  /** What the tools have done by now. */
  Journals journals() throws IOException {
    return accounts.now();
  }

  Tools tools() {
    return shape.tools();
  }

  /** Whether checkpoints that a trainer left to the kernel may have gone with the power. */
  boolean mayLoseCheckpoints(List<Fault> performed) {
    return !tools().forcesCheckpoints()
        && performed.stream().anyMatch(fault -> fault.kind() == FaultKind.POWER_CUT);
  }

  /** The living trainers. */
  List<ProcessHandle> trainers() {
    return processes(tools().programs().trainer());
  }

  /** The living harnesses. */
  List<ProcessHandle> harnesses() {
    return processes(tools().programs().harness());
  }

  /** The living supervisors. */
  List<ProcessHandle> supervisors() {
    return processes(SUPERVISOR);
  }

  /** The living processes of this run that run a program. */
  private List<ProcessHandle> processes(String program) {
    return Server.running(program, folder.path() + "/").stream()
        .filter(process -> !Processes.isZombie(process.pid()))
        .toList();
  }

  /** The living processes of a host that the drill plays. */
  List<ProcessHandle> onHost(int host) {
    List<ProcessHandle> roots = new ArrayList<>(workers.of(host));
    roots.addAll(Server.running(SUPERVISOR, folder.path() + "/", Workers.host("" + host)));
    return roots.stream()
        .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
        .distinct()
        .filter(ProcessHandle::isAlive)
        .toList();
  }

  /** Whether a process works for this run. */
  boolean isOurs(ProcessHandle process) {
    return process.info().commandLine().orElse("").contains(folder.path() + "/");
  }

  String describe(ProcessHandle process) {
    String line = process.info().commandLine().orElse("");
    String kind =
        line.contains(SUPERVISOR)
            ? "supervisor"
            : line.contains(tools().programs().trainer())
                ? "trainer"
                : line.contains(tools().programs().harness())
                    ? "harness"
                    : server.process().contains(process)
                        ? "server"
                        : server.database().contains(process) ? "database" : "worker or other";
    return kind + " " + process.pid();
  }
}
