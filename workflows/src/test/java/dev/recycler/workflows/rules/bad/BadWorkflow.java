package dev.recycler.workflows.rules.bad;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/** Does everything that workflow code may not do: the rules must find each of these. */
public final class BadWorkflow {
  static int runs;

  private final Map<String, String> state = new HashMap<>();

  Instant clock() {
    return Instant.now();
  }

  String chance() {
    return UUID.randomUUID().toString();
  }

  void threads() {
    new ReentrantLock().lock();
  }

  boolean files() {
    return Files.exists(Path.of("/"));
  }

  String environment() {
    return System.getenv("HOME");
  }

  Map<String, String> order() {
    runs++;
    return Map.copyOf(state);
  }
}
