package dev.recycler.workflows.spec;

import java.util.Optional;

/** Reads which revisions of a hub's repository become releases by themselves. */
final class WatchReader {
  /** A hub is not to be asked more often than this. */
  private static final long SHORTEST = 10;

  private WatchReader() {}

  /** Null where it is not whole. */
  static WatchSpec read(Value value) {
    return Section.of(value, Keys.WATCH).flatMap(WatchReader::watch).orElse(null);
  }

  private static Optional<WatchSpec> watch(Section section) {
    Optional<String> hub =
        section
            .require("hub", "give the repository to watch, as organisation/name")
            .flatMap(WatchReader::repository);
    Optional<String> revisions =
        section
            .require("revisions", "say which branches and tags, e.g. \"stage2-*\"")
            .flatMap(WatchReader::pattern);
    Optional<Value> every = section.get("every");
    Optional<Long> seconds = every.flatMap(ToolReader::seconds);
    seconds
        .filter(length -> length < SHORTEST)
        .ifPresent(_ -> every.get().problem("asks the hub too often; give 10s or more"));
    return hub.isEmpty() || revisions.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new WatchSpec(hub.get(), revisions.get(), seconds.orElse(WatchSpec.USUAL_SECONDS)));
  }

  private static Optional<String> repository(Value value) {
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return text;
    }
    String name =
        HubModel.isMeant(text.get()) ? text.get().substring("hf://".length()) : text.get();
    if (name.contains("@")) {
      value.problem("names a revision; say which are watched for in revisions");
      return Optional.empty();
    }
    Optional<String> problem = HubModel.problem("hf://" + name);
    problem.ifPresent(
        _ ->
            value.problem(
                "\"%s\" is not the name of a model on the hub; write organisation/name"
                    .formatted(name)));
    return problem.isPresent() ? Optional.empty() : Optional.of(name);
  }

  private static Optional<String> pattern(Value value) {
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return text;
    }
    if (!text.get().matches("[A-Za-z0-9_*?][A-Za-z0-9._/+*?-]*")) {
      value.problem(
          "\"%s\" is no pattern for branches and tags; write one such as \"stage2-*\""
              .formatted(text.get()));
    } else if (!text.get().matches(".*[*?].*")) {
      value.problem(
          "\"%s\" is one revision; list it under releases, or write * where revisions differ"
              .formatted(text.get()));
    } else {
      return text;
    }
    return Optional.empty();
  }
}
