package dev.recycler.workflows;

import dev.recycler.workflows.progress.Standing;
import io.temporal.common.SearchAttributeKey;
import io.temporal.workflow.Async;
import io.temporal.workflow.Workflow;
import java.util.function.Supplier;

/**
 * Keeps the search attribute {@link #STATE} of a series what it is, so that those which need
 * somebody are found among many.
 *
 * <p>An attribute that a server does not know fails the workflow that sets it. So it is kept only
 * where the series was started with it, and a series without it gives no command to the server
 * here: histories from before there was any are replayed as they were.
 */
public final class Visibility {
  /** Holds a {@link Standing}'s key while the series is open. */
  public static final SearchAttributeKey<String> STATE =
      SearchAttributeKey.forKeyword("RecyclerState");

  private Visibility() {}

  /** Keeps it from now on. */
  static void keep(Supplier<Standing> standing) {
    if (Workflow.getTypedSearchAttributes().containsKey(STATE)) {
      Async.procedure(() -> keepForEver(standing));
    }
  }

  /** Says it once more: of a series that is cancelled nobody keeps it. */
  static void set(Standing standing) {
    if (Workflow.getTypedSearchAttributes().containsKey(STATE)
        && !standing.key().equals(Workflow.getTypedSearchAttributes().get(STATE))) {
      Workflow.upsertTypedSearchAttributes(STATE.valueSet(standing.key()));
    }
  }

  private static void keepForEver(Supplier<Standing> standing) {
    while (true) {
      String shown = Workflow.getTypedSearchAttributes().get(STATE);
      Workflow.await(() -> !standing.get().key().equals(shown));
      set(standing.get());
    }
  }
}
