package dev.recycler.cli.models;

import dev.recycler.activities.hub.Hub;
import dev.recycler.activities.hub.HubSettings;
import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.cli.console.Session;
import dev.recycler.workflows.spec.HubModel;
import java.io.IOException;
import java.nio.file.Path;

/** Models that a command line names by folder or by their place on the hub. */
final class HubModels {
  private HubModels() {}

  /**
   * The folder of a model, fetched where it is on the hub.
   *
   * @param written what the user wrote, or null
   * @throws BadCheckpointException where it is no place on the hub
   */
  static Path folder(Session session, String written) throws IOException, InterruptedException {
    if (written == null) {
      return null;
    }
    if (!HubModel.isMeant(written)) {
      Path folder = Path.of(written);
      keep(folder);
      return folder;
    }
    HubModel.problem(written)
        .ifPresent(
            problem -> {
              throw new BadCheckpointException(problem);
            });
    try (var line = new TransferLine(session, written)) {
      return new Hub(settings(session)).fetch(HubModel.parse(written), line).folder();
    }
  }

  /** What lies in a store is not collected while a command reads it, which takes minutes. */
  private static void keep(Path folder) {
    try {
      ArtifactStore.using(folder).close();
    } catch (IOException e) {
      // No store of ours to write to; whether the folder can be read is found out by the reading.
    }
  }

  /** The hub's settings of this session. */
  static HubSettings settings(Session session) throws IOException {
    return HubSettings.of(session.places().variables(), session.places().user());
  }
}
