package dev.recycler.workflows.spec;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * New revisions of a hub's repository that become releases by themselves.
 *
 * @param hub the repository, {@code organisation/name}
 * @param revisions which of its branches and tags, with {@code *} for any characters and {@code ?}
 *     for one
 * @param everySeconds how long after one look the next one is taken
 */
public record WatchSpec(String hub, String revisions, long everySeconds) {
  /** An hour: releases come every few weeks. */
  public static final long USUAL_SECONDS = 3600;

  private static final int LONGEST_NAME = 64;

  public WatchSpec {
    Objects.requireNonNull(hub, "hub");
    Objects.requireNonNull(revisions, "revisions");
    if (everySeconds < 1) {
      throw new IllegalArgumentException("a look every " + everySeconds + " seconds");
    }
  }

  /** Whether a branch or tag is one of those that are watched for. */
  public boolean matches(String revision) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < revisions.length(); i++) {
      char c = revisions.charAt(i);
      regex.append(
          switch (c) {
            case '*' -> ".*";
            case '?' -> ".";
            default -> Pattern.quote(String.valueOf(c));
          });
    }
    return revision.matches(regex.toString());
  }

  /** The release's name that a revision gets: its own, as far as names allow it. */
  public String nameOf(String revision) {
    String name = revision.replaceAll("[^A-Za-z0-9_-]+", "-").replaceAll("^[^A-Za-z0-9]+|-+$", "");
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME);
  }

  /** Whether a release is one that is found here: such are named like a revision, and pinned. */
  public boolean finds(Release release) {
    if (!HubModel.isMeant(release.model())) {
      return false;
    }
    HubModel model = HubModel.parse(release.model());
    // As nameOf writes them.
    String names = revisions.replaceAll("[^A-Za-z0-9_*?-]+", "-");
    return model.repository().equals(hub)
        && model.isPinned()
        && new WatchSpec(hub, names, everySeconds).matches(release.name());
  }

  /** The model at a revision or commit. */
  public HubModel at(String revision) {
    return new HubModel(hub, revision);
  }
}
