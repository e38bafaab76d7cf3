package dev.recycler.workflows.activity;

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
    String startedAt) {}
