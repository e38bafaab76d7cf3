package dev.recycler.activities.process;

import dev.recycler.activities.step.StepFailed;
import dev.recycler.workflows.activity.FailureKind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Says in one sentence why a tool failed and who has to act, from its exit and its log. */
public final class ToolFailures {
  private static final int LINES_READ = 400;
  private static final int LINES_SHOWN = 3;
  private static final int LONGEST_SHOWN = 300;

  private static final Map<Integer, String> SIGNALS =
      Map.of(
          1, "SIGHUP", 2, "SIGINT", 4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS", 8, "SIGFPE", 9,
          "SIGKILL", 11, "SIGSEGV", 13, "SIGPIPE", 15, "SIGTERM");

  /** Known causes, most telling first. */
  private enum Cause {
    GPU_MEMORY(
        FailureKind.MACHINE,
        "out of GPU memory; smaller batches, gradient checkpointing or more GPUs would help",
        "CUDA out of memory|OutOfMemoryError|CUDA_ERROR_OUT_OF_MEMORY"),
    DISK(
        FailureKind.MACHINE,
        "no space left on disk",
        "No space left on device|Disk quota exceeded|\\[Errno (28|122)\\]"),
    MEMORY(
        FailureKind.MACHINE,
        "out of memory",
        "DefaultCPUAllocator: can't allocate|^MemoryError|Cannot allocate memory"),
    HUB(
        FailureKind.USER,
        "the hub refused; give HF_TOKEN, or a name that exists",
        "GatedRepoError|RepositoryNotFoundError|RevisionNotFoundError|40[134] Client Error"),
    NO_GPU(
        FailureKind.USER,
        "torch sees no GPU there; write use_cpu: true and bf16: false under finetune.arguments to"
            + " train on the CPU, or have a worker with GPUs run it",
        "Your setup doesn't support bf16/gpu|You need to assign use_cpu"),
    USAGE(
        FailureKind.USER,
        "it does not take these arguments",
        ": error: |not used by the HfArgumentParser|unrecognized arguments|invalid choice"),
    MODULE(
        FailureKind.USER,
        "a Python package is missing or does not fit in its environment",
        "ModuleNotFoundError|ImportError: "),
    NOT_FOUND(
        FailureKind.USER,
        "a model, task or data file was not found",
        "DatasetNotFoundError|DataFilesNotFoundError|FileNotFoundError|EmptyDatasetError"
            + "|does not appear to have a file named|is not a local folder"
            + "|Couldn't find (a dataset|any data file)|Tasks? (were )?not found"
            + "|No such file or directory"),
    HARDWARE(
        FailureKind.MACHINE,
        "the GPUs or their connections failed",
        "NCCL (error|WARN)|ncclUnhandled|ncclSystemError|ncclRemoteError|DistBackendError"
            + "|CUDA error|uncorrectable ECC|device-side assert|CUDA driver");

    private final FailureKind kind;
    private final String words;
    private final Pattern pattern;

    Cause(FailureKind kind, String words, String pattern) {
      this.kind = kind;
      this.words = words;
      this.pattern = Pattern.compile(pattern);
    }
  }

  private ToolFailures() {}

  /**
   * The failure of an attempt that ended other than by exit code 0, or was lost.
   *
   * @param tool the tool's name, for people
   */
  public static StepFailed of(String tool, Attempt attempt, ToolEnvironment environment)
      throws IOException {
    List<String> lines =
        LogReader.tail(attempt.log(), LINES_READ).stream().map(environment::redact).toList();
    String log = "; log: " + attempt.log();
    ToolExit exit = attempt.exit().orElse(null);
    if (exit == null) {
      return new StepFailed(
          FailureKind.MACHINE,
          tool
              + " was lost: its supervisor is gone and recorded no exit (killed, or the host went"
              + " down)"
              + log);
    }
    return switch (exit.cause()) {
      case NOT_STARTED ->
          new StepFailed(FailureKind.USER, tool + " could not be started: " + exit.note());
      case TIME_LIMIT ->
          new StepFailed(
                  FailureKind.TOOL,
                  tool
                      + " was ended after "
                      + words(exit.duration())
                      + ", the time that limits.in-all allows it"
                      + log)
              .asLastWord();
      case SILENCE_LIMIT ->
          new StepFailed(
              FailureKind.TOOL,
              tool
                  + " was ended because its log did not grow for as long as"
                  + " limits.no-progress-for allows"
                  + log);
      case DEVICES_TAKEN ->
          new StepFailed(
              FailureKind.MACHINE,
              tool + " was not started: its devices were another's by the time that it began");
      case STOPPED, FENCED, OWNER_GONE, UNATTENDED ->
          new StepFailed(FailureKind.MACHINE, tool + " was ended from outside" + log);
      case BY_ITSELF -> ended(tool, exit, lines, log);
    };
  }

  private static String words(Duration duration) {
    long seconds = duration.toSeconds();
    return seconds < 120
        ? seconds + " s"
        : seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
  }

  static StepFailed ended(String tool, ToolExit exit, List<String> lines, String log) {
    String how =
        exit.signal() == 0
            ? " ended with exit code " + exit.code()
            : " was killed by " + SIGNALS.getOrDefault(exit.signal(), "signal " + exit.signal());
    for (Cause cause : Cause.values()) {
      for (String line : lines.reversed()) {
        if (cause.pattern.matcher(line).find()) {
          return new StepFailed(
              cause.kind, tool + how + ": " + cause.words + " — " + cut(line) + log);
        }
      }
    }
    if (exit.signal() == Posix.SIGKILL) {
      how += " (by a person, or by the system where memory ran out)";
    }
    String said = decisive(lines);
    FailureKind kind =
        exit.signal() == Posix.SIGKILL || exit.signal() == Posix.SIGTERM
            ? FailureKind.MACHINE
            : FailureKind.TOOL;
    return new StepFailed(kind, tool + how + (said.isEmpty() ? "" : ": " + said) + log);
  }

  /** The lines that matter: the last error of a traceback, else the last ones. */
  public static String decisive(List<String> lines) {
    for (String line : lines.reversed()) {
      if (line.matches("([a-zA-Z_.]+(Error|Exception|Interrupt)|error|fatal)(:.*)?")) {
        return cut(line);
      }
    }
    return cut(
        String.join(" / ", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size())));
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
  }
}
