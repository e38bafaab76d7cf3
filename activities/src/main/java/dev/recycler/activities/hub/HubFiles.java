package dev.recycler.activities.hub;

import dev.recycler.activities.store.ModelFiles;
import java.util.List;
import java.util.Locale;

/** Which files of a repository a merge and a trainer need. */
final class HubFiles {
  private HubFiles() {}

  /**
   * The files that make the model, by {@link ModelFiles}, and its licence; no other formats of the
   * same weights, no pictures.
   *
   * @throws HubException where there are no safetensors
   */
  static List<HubFile> wanted(HubSnapshot snapshot) throws HubException {
    List<HubFile> wanted =
        snapshot.files().stream()
            .filter(file -> ModelFiles.includes(file.path()) || isLicence(file.path()))
            .toList();
    if (wanted.stream().noneMatch(file -> file.path().endsWith(".safetensors"))) {
      boolean pickled =
          snapshot.files().stream().anyMatch(f -> f.path().matches(".*\\.(bin|pth?)"));
      throw HubException.user(
          "%s holds no .safetensors file at %s%s"
              .formatted(
                  snapshot.model().repository(),
                  snapshot.commit().substring(0, 12),
                  pickled
                      ? "; its weights are pickles, which are never opened: give a revision with"
                          + " safetensors, or convert it with save_pretrained"
                      : "; give a model that has its weights there"));
    }
    return wanted;
  }

  private static boolean isLicence(String path) {
    return path.indexOf('/') < 0
        && path.toUpperCase(Locale.ROOT).matches("(LICEN[CS]E|NOTICE|USE_POLICY).*");
  }
}
