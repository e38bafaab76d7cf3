package dev.recycler.activities.merge;

/**
 * How many threads, buffers and bytes a merge uses: at most {@link #BUDGET} bytes of buffers in
 * all.
 *
 * @param threads threads that read, compute and digest
 * @param writers threads that write
 * @param slots blocks whose results may be held at a time
 * @param blockBytes most bytes of one side of a block
 */
record PipelineSize(int threads, int writers, int slots, int blockBytes) {
  /** Most bytes of buffers, whatever the number of threads and outputs. */
  static final long BUDGET = 160L << 20;

  private static final int DEFAULT_BLOCK = 2 << 20;
  private static final int SMALLEST_BLOCK = 4 << 10;
  private static final int INPUTS = 3;

  /**
   * @param threads as asked for; 0 for one a core
   * @param blockBytes as asked for; 0 for the default
   */
  static PipelineSize of(int threads, int blockBytes, int outputs) {
    int count = threads > 0 ? threads : Math.min(Runtime.getRuntime().availableProcessors(), 64);
    // A disk is kept busy by few writers with large blocks; they spend their time waiting.
    int writers = Math.max(1, count / 2);
    int slots = 2 * count + 2 * writers + 2;
    if (blockBytes > 0) {
      return new PipelineSize(count, writers, slots, Math.max(8, blockBytes));
    }
    long buffers = (long) INPUTS * count + (long) slots * outputs;
    int block = DEFAULT_BLOCK;
    while (block > SMALLEST_BLOCK && buffers * Buffers.footprint(block) > BUDGET) {
      block /= 2;
    }
    return new PipelineSize(count, writers, slots, block);
  }
}
