package dev.recycler.cli.drill;

import dev.recycler.cli.drill.hub.DrillHub;
import dev.recycler.workflows.spec.Release;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Publishes a new tiny release on the hub every few seconds, as long as the series keeps up. */
final class SoakFeed {
  private static final Duration EVERY = Duration.ofSeconds(5);

  /** Releases that may be published and not be done; more say nothing of what grows. */
  private static final int MOST_BEHIND = 10;

  private final DrillHub hub;
  private final Path folder;
  private final StandInShape shape;
  private final SplittableRandom random;
  private final List<Release> fed = new ArrayList<>();
  private long last = System.nanoTime() - EVERY.toNanos();

  /**
   * @param folder for what is published
   */
  SoakFeed(DrillHub hub, Path folder, StandInShape shape, SplittableRandom random) {
    this.hub = hub;
    this.folder = folder;
    this.shape = shape;
    this.random = random;
  }

  /** The releases that were published, oldest first, with the folders of their weights here. */
  List<Release> fed() {
    return List.copyOf(fed);
  }

  /**
   * Publishes one if it is time to.
   *
   * @param done how many of those that were published are done
   */
  void feed(int done) throws IOException {
    if (System.nanoTime() - last < EVERY.toNanos() || fed.size() - done >= MOST_BEHIND) {
      return;
    }
    last = System.nanoTime();
    String name = "step-%05d".formatted(fed.size() + 1);
    Path model = Files.createDirectories(folder.resolve(name));
    RunFolder.model(shape, null, false, random).write(model);
    hub.publish(name, DrillHub.files(model));
    fed.add(new Release(name, model.toString()));
  }
}
