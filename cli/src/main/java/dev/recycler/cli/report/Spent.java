package dev.recycler.cli.report;

/**
 * What the making of one artifact took, by its own record.
 *
 * @param seconds the tool's time, all attempts together
 * @param gpus devices it had
 * @param secondsWasted time of attempts, or of their parts, whose work had to be done again
 * @param attempts how many times the tool was started
 * @param bytes size of its files; checkpoints and logs are among them
 * @param geometry what a merge measured on its way, or null
 */
record Spent(
    double seconds, int gpus, double secondsWasted, int attempts, long bytes, Geometry geometry) {
  /** Of a step that measured nothing. */
  Spent(double seconds, int gpus, double secondsWasted, int attempts, long bytes) {
    this(seconds, gpus, secondsWasted, attempts, bytes, null);
  }

  /**
   * The difference that was merged, beside the models.
   *
   * @param size ‖Δ‖ / ‖base‖
   * @param cosine the cosine between Δ and target − base, or null where either is zero
   */
  record Geometry(Double size, Double cosine) {}
}
