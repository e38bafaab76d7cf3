package dev.recycler.activities.hub;

import dev.recycler.activities.store.ModelFiles;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which files of a repository a merge and a trainer need. */
final class HubFiles {
  private static final Pattern SHARD = Pattern.compile("(.*)-[0-9]{5}-of-([0-9]{5})\\.safetensors");

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

  /** Why a commit holds no whole model, or nothing; many are uploaded in several commits. */
  static Optional<String> flaw(HubSnapshot snapshot) {
    List<String> names = snapshot.files().stream().map(HubFile::path).toList();
    if (!names.contains("config.json")) {
      return Optional.of("it has no config.json yet");
    }
    try {
      wanted(snapshot);
    } catch (HubException e) {
      return Optional.of(e.getMessage());
    }
    for (String name : names) {
      Matcher shard = SHARD.matcher(name);
      for (int i = 1; shard.matches() && i <= Integer.parseInt(shard.group(2)); i++) {
        String needed = "%s-%05d-of-%s.safetensors".formatted(shard.group(1), i, shard.group(2));
        if (!names.contains(needed)) {
          return Optional.of("it has no %s yet".formatted(needed));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isLicence(String path) {
    return path.indexOf('/') < 0
        && path.toUpperCase(Locale.ROOT).matches("(LICEN[CS]E|NOTICE|USE_POLICY).*");
  }
}
