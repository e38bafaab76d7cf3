package dev.recycler.workflows.spec;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model on a Hugging Face hub, written {@code hf://organisation/name@revision}.
 *
 * @param repository {@code organisation/name}
 * @param revision a branch, a tag, {@code refs/pr/N} or a commit; {@code main} where none is given
 */
public record HubModel(String repository, String revision) {
  /** What every such place begins with. */
  public static final String SCHEME = "hf://";

  private static final String PART = "[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?";
  private static final Pattern REPOSITORY = Pattern.compile(PART + "/" + PART);
  private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._/+-]*");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern WRITTEN = Pattern.compile("hf://([^@]*)(?:@(.*))?");
  private static final int LONGEST_NAME = 96;

  public HubModel {
    Objects.requireNonNull(repository, "repository");
    Objects.requireNonNull(revision, "revision");
    problem(repository, revision)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem);
            });
  }

  /** Whether a text is meant as a place on the hub. */
  public static boolean isMeant(String text) {
    return text.startsWith(SCHEME);
  }

  /**
   * Reads {@code hf://organisation/name} or {@code hf://organisation/name@revision}.
   *
   * @throws IllegalArgumentException with what is wrong and what would be right
   */
  public static HubModel parse(String text) {
    Matcher matcher = WRITTEN.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\"%s\" is no model on the hub; write hf://organisation/name@revision".formatted(text));
    }
    String revision = matcher.group(2);
    return new HubModel(matcher.group(1), revision == null ? "main" : revision);
  }

  /** What is wrong with a text that is meant as a place on the hub, or nothing. */
  public static Optional<String> problem(String text) {
    try {
      parse(text);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** Whether the revision is a commit, which never moves. */
  public boolean isPinned() {
    return COMMIT.matcher(revision).matches();
  }

  /** The same model at another revision. */
  public HubModel at(String other) {
    return new HubModel(repository, other);
  }

  @Override
  public String toString() {
    return SCHEME + repository + "@" + revision;
  }

  private static Optional<String> problem(String repository, String revision) {
    if (repository.length() > LONGEST_NAME
        || !REPOSITORY.matcher(repository).matches()
        || repository.contains("--")
        || repository.contains("..")
        || repository.endsWith(".git")) {
      return Optional.of(
          "\"%s\" is not the name of a model on the hub; write hf://organisation/name@revision"
              .formatted(repository));
    }
    if (!REVISION.matcher(revision).matches()
        || revision.contains("..")
        || revision.contains("//")
        || revision.endsWith("/")) {
      return Optional.of(
          "\"%s\" is not a revision; give a branch, a tag or a commit, such as hf://%s@main"
              .formatted(revision, repository));
    }
    return Optional.empty();
  }
}
