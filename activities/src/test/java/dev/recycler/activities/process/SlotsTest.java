package dev.recycler.activities.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.activities.process.Gpus.Gpu;
import dev.recycler.activities.process.Slots.Lease;
import dev.recycler.activities.process.Slots.Priority;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotsTest {
  @TempDir Path folder;

  private Slots gpus(String... ids) {
    return Slots.gpus(Arrays.stream(ids).map(id -> new Gpu(id, "GPU-" + id)).toList(), folder);
  }

  private static Lease take(Slots slots, int count) throws Exception {
    return slots.acquire(count, Priority.FINETUNE, _ -> true).orElseThrow();
  }

  @Test
  void twoSmallJobsAndALargeOneNeverUseMoreThanThereIs() throws Exception {
    Slots slots = gpus("0", "1");
    Lease first = take(slots, 1);
    Lease second = take(slots, 1);
    assertThat(List.of(first.devices(), second.devices()))
        .containsExactly(List.of("0"), List.of("1"));
    Waiter large = new Waiter(slots, 2, Priority.FINETUNE);
    large.waits();

    first.close();
    large.waits();
    second.close();

    assertThat(large.gets().devices()).containsExactly("0", "1");
  }

  @Test
  void aSmallJobDoesNotOvertakeALargeOne() throws Exception {
    Slots slots = Slots.cpu(2, folder);
    Lease held = take(slots, 1);
    Waiter large = new Waiter(slots, 2, Priority.FINETUNE);
    large.waits();
    Waiter small = new Waiter(slots, 1, Priority.FINETUNE);
    small.waits();
    assertThat(small.said).isEqualTo("waiting for 1 of 2 slots, 1 free, 1 before it");

    held.close();

    Lease both = large.gets();
    small.waits();
    both.close();
    assertThat(small.gets().devices()).hasSize(1);
  }

  @Test
  void fineTuningsGoFirstUnlessTheEvaluationHasWaitedLong() throws Exception {
    AtomicLong clock = new AtomicLong();
    Slots slots = Slots.cpu(1, folder, clock::get);
    Lease held = take(slots, 1);
    Waiter evaluation = new Waiter(slots, 1, Priority.EVALUATE);
    evaluation.waits();
    Waiter soon = new Waiter(slots, 1, Priority.FINETUNE);
    soon.waits();
    clock.set(Duration.ofMinutes(2).toNanos());
    Waiter late = new Waiter(slots, 1, Priority.FINETUNE);
    late.waits();

    held.close();
    soon.gets().close();
    evaluation.gets().close();
    late.gets().close();
  }

  @Test
  void aWaiterThatGivesUpIsNotWaitedFor() throws Exception {
    Slots slots = Slots.cpu(2, folder);
    Lease held = take(slots, 1);
    assertThatThrownBy(
            () ->
                slots.acquire(
                    2,
                    Priority.FINETUNE,
                    _ -> {
                      throw new IllegalStateException("cancelled");
                    }))
        .hasMessage("cancelled");

    slots.acquire(1, Priority.EVALUATE, _ -> true).orElseThrow().close();
    held.close();
  }

  @Test
  void devicesOfAJobThatWasFoundRunningAreNotHandedOut() throws Exception {
    Slots slots = gpus("0", "1", "10");
    Lease found = slots.reclaim(List.of("0", "10"));

    try (Lease other = take(slots, 1)) {
      assertThat(other.devices()).containsExactly("1");
    }
    found.close();
    assertThat(slots.acquire(3, Priority.FINETUNE, _ -> true).orElseThrow().devices())
        .containsExactly("0", "1", "10");
  }

  @Test
  void moreThanThereIsIsRefused() {
    assertThatThrownBy(() -> Slots.cpu(2, folder).acquire(3, Priority.FINETUNE, _ -> true))
        .hasMessage("3 slots are asked for, and this worker has 2");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void randomMixesAllEndAndNeverOverlap(long seed) throws Exception {
    Random random = new Random(seed);
    int total = 1 + random.nextInt(4);
    Slots slots = Slots.cpu(total, folder);
    Set<String> used = ConcurrentHashMap.newKeySet();
    List<String> wrong = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger ended = new AtomicInteger();
    List<Thread> jobs = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      int wanted = 1 + random.nextInt(total);
      Priority priority = random.nextBoolean() ? Priority.FINETUNE : Priority.EVALUATE;
      int micros = random.nextInt(2000);
      jobs.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (Lease lease = slots.acquire(wanted, priority, _ -> true).orElseThrow()) {
                      if (lease.devices().size() != wanted) {
                        wrong.add("got " + lease.devices() + ", wanted " + wanted);
                      }
                      for (String device : lease.devices()) {
                        if (!used.add(device)) {
                          wrong.add(device + " is used twice");
                        }
                      }
                      Thread.sleep(Duration.ofNanos(micros * 1000L));
                      lease.devices().forEach(used::remove);
                      ended.incrementAndGet();
                    } catch (IOException | InterruptedException e) {
                      wrong.add(e.toString());
                    }
                  }));
    }
    for (Thread job : jobs) {
      job.join();
    }
    assertThat(wrong).isEmpty();
    assertThat(ended).hasValue(60);
    assertThat(slots.acquire(total, Priority.EVALUATE, _ -> true).orElseThrow().devices())
        .hasSize(total);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void jobsGetTheirDevicesInTheOrderInWhichTheyCame(long seed) throws Exception {
    Random random = new Random(seed);
    Slots slots = gpus("0", "1");
    Lease held = take(slots, 2);
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    List<Waiter> jobs = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int number = i;
      jobs.add(
          new Waiter(
              slots,
              1 + random.nextInt(2),
              Priority.FINETUNE,
              lease -> {
                order.add(number);
                Thread.sleep(random.nextInt(4));
                lease.close();
              }));
      jobs.getLast().waits();
    }

    held.close();
    for (Waiter job : jobs) {
      job.gets();
    }

    // Two that use one device each are given theirs at once, and may be told in either order.
    for (int place = 0; place < order.size(); place++) {
      assertThat(order.get(place)).as("order " + order).isBetween(place - 1, place + 1);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void twoWorkersOfAHostNeverOverlapAndAllTheirJobsEnd(long seed) throws Exception {
    Random random = new Random(seed);
    List<Slots> workers = List.of(gpus("0", "1"), gpus("0", "1"));
    Set<String> used = ConcurrentHashMap.newKeySet();
    List<String> wrong = Collections.synchronizedList(new ArrayList<>());
    List<Waiter> jobs = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      int millis = random.nextInt(5);
      jobs.add(
          new Waiter(
              workers.get(random.nextInt(2)),
              i % 3 == 2 ? 2 : 1,
              random.nextBoolean() ? Priority.FINETUNE : Priority.EVALUATE,
              lease -> {
                for (String device : lease.devices()) {
                  if (!used.add(device)) {
                    wrong.add(device + " is used twice");
                  }
                }
                Thread.sleep(millis);
                lease.devices().forEach(used::remove);
                lease.close();
              }));
    }
    for (Waiter job : jobs) {
      assertThat(job.gets()).isNotNull();
    }
    assertThat(wrong).isEmpty();
  }

  /** What a job does with its devices. */
  private interface Work {
    void with(Lease lease) throws InterruptedException;
  }

  /** A job in a thread of its own that waits for slots. */
  private static final class Waiter {
    private final Thread thread;
    private volatile Lease lease;
    private volatile String said = "";

    Waiter(Slots slots, int count, Priority priority) {
      this(slots, count, priority, _ -> {});
    }

    Waiter(Slots slots, int count, Priority priority, Work work) {
      thread =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      lease =
                          slots
                              .acquire(
                                  count,
                                  priority,
                                  why -> {
                                    said = why;
                                    return true;
                                  })
                              .orElseThrow();
                      work.with(lease);
                    } catch (IOException | InterruptedException e) {
                      said = e.toString();
                    }
                  });
    }

    void waits() throws InterruptedException {
      said = "";
      Runs.until(() -> !said.isEmpty() || lease != null);
      assertThat(lease).isNull();
    }

    Lease gets() throws InterruptedException {
      thread.join();
      return lease;
    }
  }
}
