package dev.recycler.cli.report;

/**
 * What the making of one artifact took, by its own record.
 *
 * @param seconds the tool's time, all attempts together
 * @param gpus devices it had
 * @param secondsWasted time of attempts, or of their parts, whose work had to be done again
 * @param attempts how many times the tool was started
 * @param bytes size of its files; checkpoints and logs are among them
 */
record Spent(double seconds, int gpus, double secondsWasted, int attempts, long bytes) {}
