package dev.recycler.activities.hub;

import dev.recycler.workflows.spec.HubModel;
import java.util.List;

/**
 * A model at one commit.
 *
 * @param model what was asked for, with the revision as it was given
 * @param commit the commit that the revision is, or was when it was looked up
 * @param files every file of the commit
 */
public record HubSnapshot(HubModel model, String commit, List<HubFile> files) {
  public HubSnapshot {
    files = List.copyOf(files);
  }
}
