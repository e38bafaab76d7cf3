package dev.recycler.cli.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.recycler.workflows.activity.Heartbeat;
import dev.recycler.workflows.progress.SeriesProgress;
import dev.recycler.workflows.progress.SeriesState;
import dev.recycler.workflows.progress.StepProgress;
import dev.recycler.workflows.progress.StepState;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@code status --json} prints. Fields may be added; none is renamed or changes its meaning.
 * Times are ISO-8601 in UTC, seconds are numbers, states and kinds are in small letters, and what
 * is not known is left out.
 *
 * @param series name of the series
 * @param state {@code running}, {@code waiting} (for a person's approval), {@code paused}, {@code
 *     failed} (waits for {@code resume}), {@code watching} (for releases), {@code finished} or
 *     {@code cancelled}
 * @param message one sentence where a person has to act
 * @param at when this was seen
 * @param done how many steps are done
 * @param total how many steps the plan has; it grows when a fine-tuning's checkpoints are to be
 *     scored
 * @param secondsLeft estimate for the whole series, once a step of each kind has been done
 * @param command what to type next
 * @param steps every step of the plan, each after what it needs
 * @param running the steps that a worker has now
 * @param next ids of the steps that can start once those that run are done
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
  "series",
  "state",
  "message",
  "at",
  "done",
  "total",
  "secondsLeft",
  "command",
  "running",
  "next",
  "steps"
})
public record Status(
    String series,
    String state,
    String message,
    String at,
    int done,
    int total,
    Double secondsLeft,
    String command,
    List<Step> steps,
    List<Running> running,
    List<String> next) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * One step.
   *
   * @param id e.g. {@code M3.iterative.finetune}
   * @param kind {@code prepare}, {@code fetch}, {@code merge}, {@code finetune}, {@code evaluate}
   *     or {@code decide}
   * @param state {@code waiting}, {@code running}, {@code done}, {@code failed} or {@code
   *     cancelled}
   * @param needs ids of the steps it waits for
   * @param attempt how many times its tool was started, where known
   * @param reused true where the result was in the store already
   * @param path where its result lies
   * @param failure one sentence
   * @param failureKind {@code user}, {@code machine} or {@code tool}: who has to act
   * @param score value of an evaluation, a fraction where the harness gives fractions
   * @param standardError of the score
   * @param resultsFile the harness's own file that holds the score
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Step(
      String id,
      String kind,
      String state,
      List<String> needs,
      Integer attempt,
      String started,
      String finished,
      boolean reused,
      String path,
      String failure,
      String failureKind,
      Double score,
      Double standardError,
      String resultsFile) {}

  /**
   * A step that a worker has now; only {@code step} is known before its first sign of life.
   *
   * @param phase a word or two, e.g. {@code training}
   * @param done units done
   * @param total units in all, left out where unknown
   * @param unit what is counted: optimizer steps, bytes, requests
   * @param speed units a second
   * @param started when this attempt began
   * @param log the running attempt's log
   * @param checkpoint step of the last whole checkpoint
   * @param url where the run can be watched, as the tool has printed it
   * @param gpus the GPUs that it runs on; memory in bytes, use in percent
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Running(
      String step,
      String phase,
      Long done,
      Long total,
      String unit,
      Double loss,
      Double learningRate,
      Double speed,
      Double secondsLeft,
      Integer attempt,
      String host,
      String log,
      String started,
      Long checkpoint,
      String url,
      List<Gpu> gpus) {}

  /** One GPU; what cannot be told is left out. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Gpu(String id, Long memoryUsed, Long memoryTotal, Integer use) {}

  /** What is known of a series at a moment. */
  public static Status of(SeriesProgress progress, Map<String, Heartbeat> heartbeats, Instant now) {
    return of(progress, heartbeats, now, "");
  }

  /**
   * The same.
   *
   * @param typed options of the server that a person has to type again, with a blank before
   */
  public static Status of(
      SeriesProgress progress, Map<String, Heartbeat> heartbeats, Instant now, String typed) {
    StepIndex index = StepIndex.of(progress);
    List<StepProgress> running = index.in(StepState.RUNNING);
    var left = Forecast.secondsLeft(progress, heartbeats, now);
    return new Status(
        progress.spec().series(),
        Standings.of(progress).key(),
        progress.message(),
        now.toString(),
        index.in(StepState.DONE).size(),
        progress.steps().size(),
        left.isPresent() ? left.getAsDouble() : null,
        NextCommand.of(progress).line() + typed,
        progress.steps().stream().map(step -> step(step, heartbeats.get(step.id()))).toList(),
        running.stream().map(step -> running(step, heartbeats.get(step.id()))).toList(),
        index.next().stream().map(StepProgress::id).toList());
  }

  /** The JSON text, on one line. */
  public String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a status that is no JSON: " + e.getMessage(), e);
    }
  }

  private static Step step(StepProgress step, Heartbeat heartbeat) {
    var score = step.score();
    return new Step(
        step.id(),
        word(step.kind()),
        word(step.state()),
        step.needs(),
        step.finetuned() != null
            ? (Integer) step.finetuned().attempts()
            : heartbeat == null ? null : (Integer) heartbeat.attempt(),
        text(step.started()),
        text(step.finished()),
        step.reused(),
        step.path(),
        step.failure(),
        step.failureKind() == null ? null : step.failureKind().toLowerCase(Locale.ROOT),
        score == null ? null : (Double) score.value(),
        score == null ? null : score.standardError(),
        score == null ? null : score.resultsFile());
  }

  private static Running running(StepProgress step, Heartbeat beat) {
    if (beat == null) {
      return new Running(
          step.id(), null, null, null, null, null, null, null, null, null, null, null, null, null,
          null, null);
    }
    return new Running(
        step.id(),
        beat.phase(),
        beat.done(),
        beat.total() > 0 ? (Long) beat.total() : null,
        beat.unit(),
        beat.loss(),
        beat.learningRate(),
        beat.unitsPerSecond(),
        beat.secondsLeft(),
        beat.attempt(),
        beat.host(),
        beat.log(),
        beat.startedAt(),
        beat.checkpoint(),
        beat.url(),
        beat.gpus().isEmpty() ? null : beat.gpus().stream().map(Status::gpu).toList());
  }

  private static Gpu gpu(Heartbeat.GpuUse gpu) {
    return new Gpu(gpu.id(), gpu.memoryUsed(), gpu.memoryTotal(), gpu.percent());
  }

  private static String text(Instant instant) {
    return instant == null ? null : instant.toString();
  }

  /** What became of the steps that ended without a result and without a failure. */
  static String givenUp(SeriesProgress progress) {
    return progress.state() == SeriesState.CANCELLED ? "cancelled" : "skipped";
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
