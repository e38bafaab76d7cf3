package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.merge.BlockCursor.Block;
import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ShardLayout.WeightFile;
import dev.recycler.activities.safetensors.TensorInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BlockQueueTest {
  private static final int BLOCK = 64;

  private final List<WeightFile> files = new ArrayList<>();
  private final Map<String, TensorPlan> plans = new HashMap<>();

  /** A file of bfloat16 tensors with so many elements. */
  private void file(long... elements) {
    int number = files.size();
    List<TensorInfo> tensors = new ArrayList<>();
    long at = 16;
    for (long n : elements) {
      String name = "f" + number + ".t" + tensors.size();
      tensors.add(new TensorInfo(name, Dtype.BF16, List.of(n), at, 2 * n));
      plans.put(
          name,
          new TensorPlan(
              name, Dtype.BF16, List.of(n), Optional.empty(), new Delta.None(), List.of(1.0)));
      at += 2 * n;
    }
    files.add(new WeightFile("model-" + number, "{}", tensors));
  }

  private BlockQueue queue(int threads) {
    return new BlockQueue(files, plans, threads, BLOCK);
  }

  @Test
  void eachThreadHasAFileOfItsOwnAsLongAsThereIsOne() {
    file(100);
    file(100);
    file(100);
    BlockQueue queue = queue(2);
    assertThat(queue.next(0).file()).isZero();
    assertThat(queue.next(1).file()).isOne();
    assertThat(queue.next(0).file()).isZero();
    assertThat(queue.next(0).file()).isZero();
    assertThat(queue.next(0)).extracting(Block::endsFile).isEqualTo(true);
    assertThat(queue.next(0).file()).isEqualTo(2);
    assertThat(queue.next(1).file()).isOne();
  }

  @Test
  void whoFindsNoFurtherFileHelpsWhereMostIsLeft() {
    file(32);
    file(100);
    file(1000);
    BlockQueue queue = queue(3);
    queue.next(0);
    queue.next(1);
    queue.next(2);
    assertThat(queue.next(0)).extracting(Block::file, Block::number).containsExactly(2, 1L);
    assertThat(queue.next(2)).extracting(Block::file, Block::number).containsExactly(2, 2L);
  }

  @Test
  void aSingleThreadTakesFileAfterFile() {
    file(40, 0, 3);
    file(1);
    BlockQueue queue = queue(1);
    List<Integer> order = new ArrayList<>();
    for (Block block = queue.next(0); block != null; block = queue.next(0)) {
      order.add(block.file());
    }
    assertThat(order).containsExactly(0, 0, 0, 0, 1);
    assertThat(queue.next(0)).isNull();
  }

  @Test
  void everyElementIsHandedOutOnceWhoeverAsks() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      files.clear();
      plans.clear();
      for (int i = 1 + random.nextInt(12); i > 0; i--) {
        file(LongStream.range(0, 1 + random.nextInt(4)).map(_ -> random.nextInt(200)).toArray());
      }
      int threads = 1 + random.nextInt(12);
      BlockQueue queue = queue(threads);
      Map<String, Long> done = new HashMap<>();
      Map<Integer, Long> numbers = new HashMap<>();
      Map<Integer, Integer> ends = new HashMap<>();
      for (int left = threads; left > 0; ) {
        Block block = queue.next(random.nextInt(threads));
        if (block == null) {
          left--;
          continue;
        }
        assertThat(block.number()).isEqualTo(numbers.merge(block.file(), 1L, Long::sum) - 1);
        assertThat(block.first()).isEqualTo(done.getOrDefault(block.plan().name(), 0L));
        done.merge(block.plan().name(), (long) block.n(), Long::sum);
        if (block.endsFile()) {
          ends.merge(block.file(), 1, Integer::sum);
        }
      }
      for (int thread = 0; thread < threads; thread++) {
        assertThat(queue.next(thread)).isNull();
      }
      plans.forEach((name, plan) -> assertThat(done.get(name)).isEqualTo(plan.shape().getFirst()));
      assertThat(ends).hasSize(files.size()).allSatisfy((_, n) -> assertThat(n).isOne());
    }
  }
}
