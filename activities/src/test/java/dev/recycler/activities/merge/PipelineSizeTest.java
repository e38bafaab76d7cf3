package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PipelineSizeTest {
  @Test
  void buffersStayWithinTheBudgetWhateverIsAskedFor() {
    for (int threads : new int[] {0, 1, 2, 64, 300, 1024}) {
      for (int outputs = 0; outputs <= MergeRequest.MAX_SCALES; outputs++) {
        PipelineSize size = PipelineSize.of(threads, 0, outputs);
        long buffers = 3L * size.threads() + (long) size.slots() * outputs;
        assertThat(buffers * Buffers.footprint(size.blockBytes()))
            .as("%d threads, %d outputs", threads, outputs)
            .isLessThanOrEqualTo(PipelineSize.BUDGET);
      }
    }
  }
}
