package dev.recycler.workflows.activity;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.recycler.workflows.spec.WatchSpec;
import io.temporal.activity.ActivityInterface;
import java.util.List;
import java.util.Objects;

/** Looks for new releases. No step: a series does not depend on it. */
@ActivityInterface
public interface Watches {
  /** Type of the failure by which a look asks to be taken again later: it adds no history. */
  String NOTHING_NEW = "NOTHING_NEW";

  /**
   * The revisions that a repository has now and had not when the series first looked; what it had
   * then is kept in the store, so that a series that is started again sees the same.
   *
   * <p>Where that is what the series has heard, there is no result: the look fails with {@link
   * #NOTHING_NEW}, and is taken again after {@link WatchSpec#everySeconds}.
   */
  Seen look(LookInput input);

  /**
   * Input of {@link #look}.
   *
   * @param known names of the series' releases, which are not told again
   * @param heard what the last look saw, or null to be told whatever there is
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record LookInput(String series, String store, WatchSpec watch, List<String> known, Seen heard) {
    public LookInput {
      known = List.copyOf(known);
    }
  }

  /**
   * Result of {@link #look}.
   *
   * @param fresh the new ones, in the order of their names, numbers in them by their value
   * @param before how many that match were there at the first look, and are no releases for that
   * @param trouble why nothing could be seen, or null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Seen(List<Revision> fresh, int before, String trouble) {
    public Seen {
      fresh = List.copyOf(fresh);
    }
  }

  /**
   * A branch or tag.
   *
   * @param commit what it was looked up to, 40 hexadecimal digits
   * @param problem why it is no model, or not yet a whole one; null where it is
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Revision(String name, String commit, String problem) {
    public Revision {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(commit, "commit");
    }
  }
}
