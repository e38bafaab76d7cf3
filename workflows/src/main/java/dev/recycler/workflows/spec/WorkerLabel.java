package dev.recycler.workflows.spec;

/** A name by which a series asks for certain workers, {@code h100} for instance. */
public final class WorkerLabel {
  /** What it looks like, as a regular expression. */
  public static final String PATTERN = "[a-z0-9][a-z0-9-]{0,39}";

  private WorkerLabel() {}

  /** Why a text is none, for a message. */
  public static String problem(String text) {
    return "\"%s\" is not a label; use up to 40 small letters, digits and -".formatted(text);
  }
}
