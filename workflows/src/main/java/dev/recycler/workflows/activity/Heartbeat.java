package dev.recycler.workflows.activity;

import java.util.List;
import java.util.Objects;

/**
 * Where a running step is; read by the CLI from the pending activity, so it costs no history.
 *
 * @param step the step's id
 * @param phase a word or two: {@code waiting for a slot}, {@code starting}, {@code training},
 *     {@code merging}, {@code scoring}, {@code publishing}
 * @param done units done, or 0
 * @param total units in all, or 0 where unknown
 * @param unit what is counted: optimizer steps, bytes, requests
 * @param loss last training loss, or null
 * @param learningRate last learning rate, or null
 * @param unitsPerSecond speed, or null
 * @param secondsLeft estimate, or null
 * @param attempt how many times the tool has been started for this step, from 1
 * @param host host name of the worker
 * @param log absolute path of the running attempt's log, or null
 * @param startedAt when this attempt began, ISO-8601, or null
 * @param gpus the GPUs that it runs on, with their use where it can be told
 * @param url where the run can be watched, as the tool has printed it, or null
 * @param checkpoint step of the last whole checkpoint, or null
 */
public record Heartbeat(
    String step,
    String phase,
    long done,
    long total,
    String unit,
    Double loss,
    Double learningRate,
    Double unitsPerSecond,
    Double secondsLeft,
    int attempt,
    String host,
    String log,
    String startedAt,
    List<GpuUse> gpus,
    String url,
    Long checkpoint) {

  /**
   * One GPU.
   *
   * @param id as {@code CUDA_VISIBLE_DEVICES} takes it
   * @param memoryUsed in bytes, or null where it cannot be told
   * @param memoryTotal in bytes, or null
   * @param percent share of the time that it computes, 0 to 100, or null
   */
  public record GpuUse(String id, Long memoryUsed, Long memoryTotal, Integer percent) {
    public GpuUse {
      Objects.requireNonNull(id, "id");
    }
  }

  /**
   * How far a step is.
   *
   * @param done units done, or 0
   * @param total units in all, or 0 where unknown
   * @param unit what is counted
   * @param perSecond speed, or null
   * @param secondsLeft estimate, or null
   */
  public record Amount(long done, long total, String unit, Double perSecond, Double secondsLeft) {
    /** Nothing is known yet. */
    public static Amount none(String unit) {
      return new Amount(0, 0, unit, null, null);
    }
  }

  public Heartbeat {
    gpus = gpus == null ? List.of() : List.copyOf(gpus);
  }

  /** The same, said in other words. */
  public Heartbeat inPhase(String words) {
    return new Heartbeat(
        step,
        words,
        done,
        total,
        unit,
        loss,
        learningRate,
        unitsPerSecond,
        secondsLeft,
        attempt,
        host,
        log,
        startedAt,
        gpus,
        url,
        checkpoint);
  }

  /** Of a step that runs no tool, or none yet. */
  public Heartbeat(
      String step,
      String phase,
      long done,
      long total,
      String unit,
      Double loss,
      Double learningRate,
      Double unitsPerSecond,
      Double secondsLeft,
      int attempt,
      String host,
      String log,
      String startedAt) {
    this(
        step,
        phase,
        done,
        total,
        unit,
        loss,
        learningRate,
        unitsPerSecond,
        secondsLeft,
        attempt,
        host,
        log,
        startedAt,
        List.of(),
        null,
        null);
  }

  /** Of a step without a tool. */
  public static Heartbeat of(String step, String phase, Amount amount, int attempt, String host) {
    return new Heartbeat(
        step,
        phase,
        amount.done(),
        amount.total(),
        amount.unit(),
        null,
        null,
        amount.perSecond(),
        amount.secondsLeft(),
        attempt,
        host,
        null,
        null);
  }
}
