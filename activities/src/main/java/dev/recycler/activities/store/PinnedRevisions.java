package dev.recycler.activities.store;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * The commits that a series' revisions were looked up to, kept in the store: whoever fetches later,
 * on whatever worker and after whatever loss, fetches the same.
 */
public final class PinnedRevisions {
  private final Path folder;

  PinnedRevisions(Path folder) {
    this.folder = folder;
  }

  /** The commit of a model, where it was looked up before. */
  public Optional<String> find(String model) throws IOException {
    try {
      return Optional.of(Files.readString(file(model)).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Keeps the commit of a model; where another worker was first, its commit holds. */
  public String pin(String model, String commit) throws IOException {
    Files.createDirectories(folder);
    Path fresh = folder.resolve(".new-" + UUID.randomUUID());
    try {
      Files.writeString(fresh, commit + "\n");
      Folders.force(fresh);
      Files.createLink(file(model), fresh);
      return commit;
    } catch (FileAlreadyExistsException e) {
      return find(model).orElseThrow(() -> e);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private Path file(String model) {
    return folder.resolve(URLEncoder.encode(model, StandardCharsets.UTF_8));
  }
}
