package dev.recycler.workflows.spec;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The keys of a series file, section by section, in the order in which messages list them. */
final class Keys {
  static final Set<String> SERIES =
      of(
          "series",
          "store",
          "releases",
          "models",
          "strategies",
          "transfers",
          "matrix",
          "finetune",
          "merge",
          "evaluate",
          "gates",
          "connectivity",
          "watch",
          "publish",
          "keep",
          "notify");
  static final Set<String> RELEASE = of("name", "model");
  static final Set<String> TRANSFER = of("name", "finetuned", "base", "target", "scale", "then");
  static final Set<String> FINETUNE =
      of(
          "trainer",
          "python",
          "home",
          "launch",
          "resources",
          "limits",
          "data",
          "arguments",
          "environment",
          "command",
          "progress",
          "checkpoints",
          "complete");
  static final Set<String> RESOURCES = of("gpus", "label");
  static final Set<String> LIMITS = of("no-progress-for", "in-all", "grace");
  static final Set<String> MERGE = of("scale", "choose-by", "load", "dtype");
  static final Set<String> GATE = of("after", "when", "margin", "then");
  static final Set<String> CONNECTIVITY = of("points", "by");
  static final Set<String> PUBLISH =
      of("to", "strategies", "dtype", "license", "datasets", "private");
  static final Set<String> KEEP = of("merged");
  static final Set<String> WATCH = of("hub", "revisions", "every");
  static final Set<String> NOTIFY = of("webhook", "webhook-from", "format", "on");
  static final Set<String> EVALUATION =
      of(
          "name",
          "harness",
          "python",
          "task",
          "tasks",
          "metric",
          "include",
          "data",
          "of",
          "checkpoints-of",
          "resources",
          "limits",
          "arguments",
          "environment",
          "command");

  private Keys() {}

  private static Set<String> of(String... keys) {
    return Collections.unmodifiableSet(new LinkedHashSet<>(List.of(keys)));
  }
}
