package dev.recycler.activities.publish;

import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.ContentDigests;
import dev.recycler.activities.store.LineageGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Where a model lies, and what is known of it there beside its own record.
 *
 * @param store its store, where it lies in one
 * @param series the series that it is published for, where one is named
 */
record Home(Optional<Path> store, Optional<String> series) {

  /**
   * That of a model.
   *
   * @param named the series, or nothing where only the model's path may tell it
   */
  static Home of(Path model, Optional<String> named) throws IOException {
    Path artifact = model.toRealPath();
    while (artifact != null && LineageGraph.storeOf(artifact).isEmpty()) {
      artifact = artifact.getParent();
    }
    Optional<Path> store = Optional.ofNullable(artifact).flatMap(LineageGraph::storeOf);
    return new Home(store, store.isEmpty() ? Optional.empty() : named.or(() -> seriesIn(model)));
  }

  /** {@code toy} of {@code store/series/toy/M2.iterative.finetune}, or of a folder below that. */
  private static Optional<String> seriesIn(Path model) {
    Path path = model.toAbsolutePath().normalize();
    while (path != null && !Files.isSymbolicLink(path)) {
      path = path.getParent();
    }
    Path series = path == null ? null : path.getParent();
    return series != null && series.getParent() != null && series.getParent().endsWith("series")
        ? Optional.of(series.getFileName().toString())
        : Optional.empty();
  }

  /** The scores of the model with this digest: those of the series, or all where none is named. */
  List<Scores> scores(String digest) throws IOException {
    if (store.isEmpty()) {
      return List.of();
    }
    Path evaluations = store.get().resolve("artifacts/evaluate");
    if (series.isEmpty()) {
      return Scores.of(entries(evaluations), digest);
    }
    // Steps that are one score, of a model that two strategies share, are listed once.
    Collection<Path> ofSeries = new TreeSet<>();
    for (Path target : LineageGraph.links(folder(series.get())).values()) {
      if (evaluations.equals(target.getParent())) {
        ofSeries.add(target);
      }
    }
    return Scores.of(ofSeries, digest);
  }

  /**
   * How the nodes of a lineage are named. A step that was done for another series may have read a
   * copy of what this one has from the hub; its bytes tell that it is the same.
   */
  LineageGraph.Hints hints() throws IOException {
    Optional<ArtifactStore> opened = store.flatMap(ArtifactStore::existing);
    Map<String, String> names = new HashMap<>();
    if (opened.isPresent()) {
      ContentDigests digests = opened.get().digests(() -> {});
      List<Path> all =
          series.isPresent()
              ? List.of(folder(series.get()))
              : entries(opened.get().root().resolve("series"));
      for (Path one : all) {
        for (Path release : LineageGraph.links(one).values()) {
          Optional<String> name = LineageGraph.hubName(release);
          if (name.isPresent() && Files.isDirectory(release)) {
            names.put(digests.ofModel(release), name.get());
          }
        }
      }
    }
    return new LineageGraph.Hints(series, names);
  }

  private Path folder(String name) {
    return store.orElseThrow().resolve("series").resolve(name);
  }

  private static List<Path> entries(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }
}
