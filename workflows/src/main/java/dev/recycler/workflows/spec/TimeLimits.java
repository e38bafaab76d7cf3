package dev.recycler.workflows.spec;

/**
 * When a tool is ended though nobody asked. They do not change what it computes, so they are no
 * part of a fingerprint.
 *
 * @param noProgressSeconds how long its log may stay without growth, or null
 * @param inAllSeconds how long one start of it may take, or null
 * @param graceSeconds how long it may take to end by itself when it is told to, or null for the
 *     worker's own
 */
public record TimeLimits(Long noProgressSeconds, Long inAllSeconds, Long graceSeconds) {
  /** No limits. */
  public static final TimeLimits NONE = new TimeLimits(null, null, null);
}
