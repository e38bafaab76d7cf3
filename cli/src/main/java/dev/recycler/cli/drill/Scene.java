package dev.recycler.cli.drill;

import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Everything that a run consists of while it runs.
 *
 * @param proxy the wire between the workers and the server
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
    BooleanSupplier over,
    Restart restart) {
  static final String SUPERVISOR = "activities.process.Supervisor";
  static final String TRAINER = "drill.tool.Trainer";
  static final String HARNESS = "drill.tool.Harness";

  boolean isOver() {
    return over.getAsBoolean();
  }

  /** Starts a series that has ended. */
  interface Restart {
    void run() throws InterruptedException;
  }

  /** The drill's clock: steps that all trainers have done together. */
  long steps() throws IOException {
    return Journals.read(folder.journal()).steps();
  }

  /** The living processes of this run that run a program. */
  List<ProcessHandle> processes(String program) {
    return Processes.with(program, folder.path() + "/").stream()
        .filter(process -> !Processes.isZombie(process.pid()))
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
            : line.contains(TRAINER)
                ? "trainer"
                : line.contains(HARNESS)
                    ? "harness"
                    : line.contains("start-dev") ? "server" : "worker or other";
    return kind + " " + process.pid();
  }
}
