package dev.recycler.cli.drill;

import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.Verification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Watches a store: when each artifact was first seen, and whether it was whole then. */
final class Publications {
  private final Path artifacts;
  private final Map<String, Instant> seen = new LinkedHashMap<>();
  private final Set<String> damaged = new TreeSet<>();
  private final List<String> problems = new ArrayList<>();

  Publications(Path store) {
    artifacts = store.resolve("artifacts");
  }

  /** Takes a look. */
  synchronized void look() throws IOException {
    for (String artifact : now()) {
      if (!seen.containsKey(artifact)) {
        seen.put(artifact, Instant.now());
        if (!damaged.contains(artifact)) {
          problems.addAll(problemsOf(artifact));
        }
      }
    }
  }

  /** {@code OPERATION/FINGERPRINT} of every artifact there is. */
  List<String> now() throws IOException {
    List<String> all = new ArrayList<>();
    for (Path operation : list(artifacts)) {
      for (Path artifact : list(operation)) {
        all.add(artifacts.relativize(artifact).toString());
      }
    }
    return all;
  }

  /** What is wrong with an artifact, a sentence each. */
  List<String> problemsOf(String artifact) throws IOException {
    Path folder = artifacts.resolve(artifact);
    if (!Files.exists(folder.resolve(ArtifactStore.RECORD))) {
      return Files.exists(folder) ? List.of(artifact + " has no record") : List.of();
    }
    try {
      return Verification.of(folder, () -> {}).problems().stream()
          .map(problem -> artifact + ": " + problem)
          .toList();
    } catch (NoSuchFileException | UncheckedIOException e) {
      // Taken away meanwhile.
      return Files.exists(folder) ? List.of(artifact + ": " + e) : List.of();
    }
  }

  /** The drill has damaged this one itself. */
  synchronized void wasDamaged(String artifact) {
    damaged.add(artifact);
  }

  synchronized boolean isDamaged(String artifact) {
    return damaged.contains(artifact);
  }

  synchronized boolean anyDamaged() {
    return !damaged.isEmpty();
  }

  /** When artifacts were first seen; those that the drill has damaged are left out. */
  synchronized Map<String, Instant> seen() {
    Map<String, Instant> whole = new LinkedHashMap<>(seen);
    damaged.forEach(whole::remove);
    return whole;
  }

  /** What was wrong with artifacts when they were first seen. */
  synchronized List<String> problems() {
    return List.copyOf(problems);
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }
}
