package dev.recycler.activities.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.recycler.activities.step.MergeRoom.Place;
import dev.recycler.workflows.activity.FailureKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Merges wait for one another rather than fill a disk together. */
@Timeout(60)
class MergeRoomTest {
  @TempDir private Path store;

  @Test
  void neverMoreAtOnceThanTold() throws Exception {
    MergeRoom room = new MergeRoom(2, 0);
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<FutureTask<Void>> merges = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      FutureTask<Void> merge =
          new FutureTask<>(
              () -> {
                try (Place _ = room.enter(store, 1, _ -> {})) {
                  most.accumulateAndGet(now.incrementAndGet(), Math::max);
                  Thread.sleep(20);
                  now.decrementAndGet();
                }
                return null;
              });
      merges.add(merge);
      Thread.ofVirtual().start(merge);
    }
    for (FutureTask<Void> merge : merges) {
      merge.get();
    }
    assertThat(most).hasValue(2);
  }

  @Test
  void aMergeWaitsForTheRoomThatAnotherWasPromised() throws Exception {
    long free = Files.getFileStore(store).getUsableSpace();
    MergeRoom room = new MergeRoom(2, 0);
    CountDownLatch waits = new CountDownLatch(1);
    FutureTask<Void> second;
    try (Place _ = room.enter(store, free * 2 / 3, _ -> {})) {
      second =
          new FutureTask<>(
              () -> {
                try (Place _ =
                    room.enter(
                        store,
                        free * 2 / 3,
                        why -> {
                          assertThat(why).contains("are promised", "keep-free");
                          waits.countDown();
                        })) {
                  return null;
                }
              });
      Thread.ofVirtual().start(second);
      waits.await();
      assertThat(second.isDone()).isFalse();
    }
    second.get();
  }

  @Test
  void whatWillNeverFitIsSaidAtOnce() throws Exception {
    long free = Files.getFileStore(store).getUsableSpace();
    assertThatThrownBy(() -> new MergeRoom(2, free).enter(store, free / 2, _ -> {}))
        .isInstanceOfSatisfying(
            StepFailed.class, failure -> assertThat(failure.kind()).isEqualTo(FailureKind.MACHINE))
        .hasMessageContaining(store.toString(), "recycler gc");
  }
}
