package dev.recycler.activities.process;

import dev.recycler.workflows.activity.Heartbeat.GpuUse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How much an attempt's GPUs are used. The driver is asked beside the heartbeats and never waited
 * for: one that hangs must not make a step look dead.
 */
final class GpuUsage {
  private static final Duration AGE = Duration.ofSeconds(5);
  private static final String FIELDS = "index,uuid,memory.used,memory.total,utilization.gpu";
  private static final int COLUMNS = 5;
  private static final long MEBIBYTE = 1L << 20;

  private final List<String> ids;
  private final String path;
  private final AtomicBoolean asking = new AtomicBoolean();
  private volatile List<GpuUse> known;
  private volatile long asked;

  private GpuUsage(List<String> ids, String path) {
    this.ids = ids;
    this.path = path;
    this.known = ids.stream().map(id -> new GpuUse(id, null, null, null)).toList();
  }

  /** Of the GPUs that an attempt was given; of none where it was given none. */
  static GpuUsage of(Attempt attempt) throws IOException {
    List<String> ids =
        attempt.isHere()
            ? attempt.variable(Gpus.VISIBLE).map(Gpus::ids).orElse(List.of())
            : List.of();
    return new GpuUsage(ids, attempt.variable("PATH").orElse(null));
  }

  /** What is known now; at first the ids alone. */
  List<GpuUse> now() {
    boolean old = asked == 0 || System.nanoTime() - asked > AGE.toNanos();
    if (!ids.isEmpty() && old && asking.compareAndSet(false, true)) {
      Thread.ofVirtual()
          .name("gpu-usage")
          .start(
              () -> {
                try {
                  known = ask();
                } catch (IOException e) {
                  // The figures are for people; what was known stays.
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                } finally {
                  asked = System.nanoTime();
                  asking.set(false);
                }
              });
    }
    return known;
  }

  private List<GpuUse> ask() throws IOException, InterruptedException {
    List<List<String>> rows =
        NvidiaSmi.query(path, FIELDS).stream().filter(row -> row.size() == COLUMNS).toList();
    return ids.stream().map(id -> use(id, rows)).toList();
  }

  private static GpuUse use(String id, List<List<String>> rows) {
    return rows.stream()
        .filter(row -> row.get(0).equals(id) || row.get(1).startsWith(id))
        .findFirst()
        .map(
            row ->
                new GpuUse(
                    id,
                    number(row.get(2)).map(mebibytes -> mebibytes * MEBIBYTE).orElse(null),
                    number(row.get(3)).map(mebibytes -> mebibytes * MEBIBYTE).orElse(null),
                    number(row.get(4)).map(Long::intValue).orElse(null)))
        .orElse(new GpuUse(id, null, null, null));
  }

  /** The driver says {@code [N/A]} or {@code [Not Supported]} for what it cannot tell. */
  private static Optional<Long> number(String text) {
    return text.matches("[0-9]{1,12}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
  }
}
