package dev.recycler.activities.merge;

import dev.recycler.activities.merge.BlockCursor.Block;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gathers the measurements of blocks, from several threads in any order, and adds them up in the
 * order of the blocks.
 */
final class AnalysisCollector implements BiConsumer<Block, BlockStats> {
  private static final Pattern LAYER = Pattern.compile("(^|.*\\.)(layers|h|blocks)\\.(\\d+)\\..*");

  /** The sums of one block. */
  private record Sums(
      long number,
      long values,
      double delta,
      double base,
      double distance,
      double product,
      long zero,
      long lost,
      long inexact,
      double largest,
      long largestAt,
      String largestIn) {}

  private final Map<String, List<Sums>> byTensor = new TreeMap<>();
  private final boolean withTarget;

  /**
   * @param withTarget whether there is a target beside the base
   */
  AnalysisCollector(boolean withTarget) {
    this.withTarget = withTarget;
  }

  @Override
  public void accept(Block block, BlockStats stats) {
    if (block.plan().delta() instanceof Delta.None) {
      return;
    }
    String name = block.plan().name();
    var sums =
        new Sums(
            block.number(),
            stats.values(),
            stats.deltaSquare(),
            stats.baseSquare(),
            stats.distanceSquare(),
            stats.product(),
            stats.zero(),
            stats.lostInBfloat16(),
            stats.inexactInFloat(),
            stats.largest(),
            stats.largestAt(),
            name);
    synchronized (byTensor) {
      byTensor.computeIfAbsent(name, ignored -> new ArrayList<>()).add(sums);
    }
  }

  /** How many differences of a tensor a float32 does not hold exactly. */
  Map<String, Long> inexact() {
    var counts = new TreeMap<String, Long>();
    synchronized (byTensor) {
      byTensor.forEach(
          (name, blocks) -> {
            long count = blocks.stream().mapToLong(Sums::inexact).sum();
            if (count > 0) {
              counts.put(name, count);
            }
          });
    }
    return counts;
  }

  Analysis result() {
    synchronized (byTensor) {
      var tensors = new ArrayList<DeltaStats>();
      var layers = new TreeMap<Integer, List<Sums>>();
      var all = new ArrayList<Sums>();
      byTensor.forEach(
          (name, blocks) -> {
            blocks.sort(Comparator.comparingLong(Sums::number));
            tensors.add(total(name, blocks));
            Matcher layer = LAYER.matcher(name);
            if (layer.matches() && layer.group(3).length() < 7) {
              layers
                  .computeIfAbsent(Integer.valueOf(layer.group(3)), ignored -> new ArrayList<>())
                  .addAll(blocks);
            }
            all.addAll(blocks);
          });
      var byLayer = new ArrayList<DeltaStats>();
      layers.forEach((number, blocks) -> byLayer.add(total("layer " + number, blocks)));
      return new Analysis(tensors, byLayer, total("all", all));
    }
  }

  private DeltaStats total(String name, List<Sums> blocks) {
    double delta = 0;
    double base = 0;
    double distance = 0;
    double product = 0;
    long values = 0;
    long zero = 0;
    long lost = 0;
    Sums largest = null;
    for (Sums block : blocks) {
      delta += block.delta();
      base += block.base();
      distance += block.distance();
      product += block.product();
      values += block.values();
      zero += block.zero();
      lost += block.lost();
      if (largest == null || block.largest() > largest.largest()) {
        largest = block;
      }
    }
    boolean none = largest == null || largest.largestAt() < 0;
    return new DeltaStats(
        name,
        values,
        Math.sqrt(delta),
        Math.sqrt(base),
        withTarget ? Math.sqrt(distance) : Double.NaN,
        withTarget ? product / (Math.sqrt(delta) * Math.sqrt(distance)) : Double.NaN,
        zero,
        lost,
        none ? 0 : largest.largest(),
        none ? -1 : largest.largestAt(),
        none ? "" : largest.largestIn());
  }
}
