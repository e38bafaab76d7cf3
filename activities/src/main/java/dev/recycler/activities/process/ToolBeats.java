package dev.recycler.activities.process;

import dev.recycler.activities.step.StepMonitor;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.activity.Heartbeat.Amount;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The heartbeats of a step whose work a tool does: what its log tells, on what it runs, where. */
public final class ToolBeats {
  private static final long INTERVAL_NANOS = 1_000_000_000L;

  /** As Weights &amp; Biases and its like announce a run. */
  private static final Pattern RUN_URL =
      Pattern.compile("View (?:run|project)\\b.*?(https?://\\S+)");

  private static final Pattern RUN = Pattern.compile("View run\\b");

  private final StepMonitor monitor;
  private final String step;
  private final String unit;
  private LogReader reader;
  private GpuUsage gpus;
  private String url;
  private boolean urlIsOfRun;
  private long last;

  /**
   * Heartbeats of a step.
   *
   * @param unit what its tool counts
   */
  public ToolBeats(StepMonitor monitor, String step, String unit) {
    this.monitor = monitor;
    this.step = step;
    this.unit = unit;
  }

  /**
   * What the log tells.
   *
   * @param loss last training loss, or null
   * @param learningRate last learning rate, or null
   * @param checkpoint step of the last whole checkpoint, or null
   */
  public record Figures(Amount amount, Double loss, Double learningRate, Long checkpoint) {
    /** Of a tool that only counts. */
    public static Figures of(Amount amount) {
      return new Figures(amount, null, null, null);
    }
  }

  /**
   * Says that the step is alive and has no tool yet; as often as wanted, sent about once a second.
   */
  public void waiting(String why) {
    if (isDue()) {
      monitor.report(Heartbeat.of(step, why, Amount.none(unit), 0, monitor.host()));
    }
  }

  /** Hands over the lines of the log that were finished since the last call. */
  public void read(Attempt attempt, Consumer<String> lines) throws IOException {
    if (reader == null) {
      reader = new LogReader(attempt.log());
    }
    reader.poll(
        line -> {
          lookForUrl(line);
          lines.accept(line);
        });
  }

  /** The run's own address goes before its project's. */
  private void lookForUrl(String line) {
    Matcher found = RUN_URL.matcher(line);
    if (!urlIsOfRun && found.find()) {
      url = found.group(1);
      urlIsOfRun = RUN.matcher(line).find();
    }
  }

  /** Says where the tool is. */
  public void running(String phase, Attempt attempt, Figures figures) throws IOException {
    last = System.nanoTime();
    monitor.report(beat(phase, attempt, figures));
  }

  /** The same as often as wanted, sent about once a second. */
  public void alive(String phase, Attempt attempt, Figures figures) throws IOException {
    if (isDue()) {
      running(phase, attempt, figures);
    }
  }

  private boolean isDue() {
    long now = System.nanoTime();
    boolean due = last == 0 || now - last >= INTERVAL_NANOS;
    if (due) {
      last = now;
    }
    return due;
  }

  private Heartbeat beat(String phase, Attempt attempt, Figures figures) throws IOException {
    Amount amount = figures.amount();
    return new Heartbeat(
        step,
        phase,
        amount.done(),
        amount.total(),
        amount.unit(),
        figures.loss(),
        figures.learningRate(),
        amount.perSecond(),
        amount.secondsLeft(),
        attempt.number(),
        monitor.host(),
        attempt.log().toString(),
        attempt.claimed().toString(),
        gpus(attempt),
        url,
        figures.checkpoint());
  }

  private List<Heartbeat.GpuUse> gpus(Attempt attempt) throws IOException {
    if (gpus == null) {
      gpus = GpuUsage.of(attempt);
    }
    return gpus.now();
  }
}
