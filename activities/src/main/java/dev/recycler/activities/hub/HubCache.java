package dev.recycler.activities.hub;

import dev.recycler.workflows.spec.HubModel;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.UUID;

/**
 * One model's part of the hub's cache, laid out as huggingface_hub does, so that both find what the
 * other fetched.
 *
 * <pre>
 * models--ORG--NAME/blobs/ETAG              contents
 * models--ORG--NAME/snapshots/COMMIT/FILE   links to them
 * models--ORG--NAME/refs/REVISION           the commit a revision was last seen at
 * models--ORG--NAME/recycler/COMMIT.json    the files of a commit, as the hub listed them
 * .locks/models--ORG--NAME/ETAG.lock        held while a content is fetched
 * </pre>
 */
final class HubCache {
  private final Path folder;
  private final Path locks;

  HubCache(Path cache, HubModel model) {
    String name = "models--" + model.repository().replace("/", "--");
    this.folder = cache.resolve(name);
    this.locks = cache.resolve(".locks").resolve(name);
  }

  Path blobs() throws IOException {
    return Files.createDirectories(folder.resolve("blobs"));
  }

  Path blob(HubFile file) {
    return folder.resolve("blobs").resolve(file.etag());
  }

  Path snapshot(String commit) {
    return folder.resolve("snapshots").resolve(commit);
  }

  Path listing(String commit) {
    return folder.resolve("recycler").resolve(commit + ".json");
  }

  Optional<CacheLock> lock(HubFile file) throws IOException {
    return CacheLock.tryTake(locks.resolve(file.etag() + ".lock"));
  }

  /** Whether the content is there, in its full length. */
  boolean has(HubFile file) throws IOException {
    try {
      return Files.size(blob(file)) == file.size();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Makes the file appear in the snapshot of a commit. */
  void link(HubFile file, String commit) throws IOException {
    Path link = snapshot(commit).resolve(file.path());
    Path blob = blob(file);
    Path wanted = link.getParent().relativize(blob);
    if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(wanted)) {
      return;
    }
    if (Files.isRegularFile(link, LinkOption.NOFOLLOW_LINKS) && Files.size(link) == file.size()) {
      // huggingface_hub copies where a file system has no links.
      return;
    }
    Files.createDirectories(link.getParent());
    Path fresh = link.resolveSibling("." + link.getFileName() + "." + UUID.randomUUID());
    Files.createSymbolicLink(fresh, wanted);
    try {
      Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw e;
    }
  }

  /** The commit that a revision was last seen at. */
  Optional<String> commit(HubModel model) throws IOException {
    if (model.isPinned()) {
      return Optional.of(model.revision());
    }
    try {
      return Optional.of(Files.readString(ref(model)).strip())
          .filter(text -> text.matches("[0-9a-f]{40}"));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  void remember(HubModel model, String commit) throws IOException {
    if (!model.isPinned() && !commit(model).equals(Optional.of(commit))) {
      replace(ref(model), commit.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
  }

  /** Writes a small file in one piece. */
  static void replace(Path file, byte[] content) throws IOException {
    try {
      Files.createDirectories(file.getParent());
    } catch (FileAlreadyExistsException e) {
      throw new IOException(file.getParent() + " is a file where the cache has a folder", e);
    }
    Path fresh = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
    try {
      Files.write(fresh, content);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private Path ref(HubModel model) {
    return folder.resolve("refs").resolve(model.revision());
  }
}
