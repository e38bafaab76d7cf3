package dev.recycler.activities.store;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.recycler.activities.drill.FaultPoint;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The artifact store of one or many series, shared by every worker that sees its folder.
 *
 * <pre>
 * artifacts/OPERATION/FINGERPRINT/   whole and immutable, with recycler.json
 * staging/                           growing; removed when its owner is gone
 * work/OPERATION/FINGERPRINT/        what a step keeps between attempts: checkpoints, logs
 * series/SERIES/STEP                 links for people; what they point at is kept
 * cache/                             digests of files outside the store
 * uses/, pins/, trash/               who reads what, what to keep for ever, what is being removed
 * damaged/                           what had other bytes than published when it was to be used
 * </pre>
 */
public final class ArtifactStore {
  /** The lineage file of every artifact. */
  public static final String RECORD = "recycler.json";

  private final Path root;
  private final Uses uses;

  private ArtifactStore(Path root) {
    this.root = root;
    this.uses = new Uses(root.resolve("uses"));
  }

  /**
   * Opens a store, making its folders where they are missing.
   *
   * @throws IOException where the folders cannot be made
   */
  public static ArtifactStore open(Path root) throws IOException {
    Path absolute = root.toAbsolutePath().normalize();
    for (String part : List.of("artifacts", "staging", "work", "series", "cache")) {
      Files.createDirectories(absolute.resolve(part));
    }
    return new ArtifactStore(absolute);
  }

  /** The store in a folder, or nothing where there is none yet; nothing is made. */
  public static Optional<ArtifactStore> existing(Path root) {
    Path absolute = root.toAbsolutePath().normalize();
    return Files.isDirectory(absolute.resolve("artifacts"))
        ? Optional.of(new ArtifactStore(absolute))
        : Optional.empty();
  }

  public Path root() {
    return root;
  }

  /** The commits that the revisions of a series' models are pinned to. */
  public PinnedRevisions revisions(String series) {
    return new PinnedRevisions(root.resolve("series").resolve(series).resolve(".revisions"));
  }

  /** What the repositories that a series watches had when it first looked. */
  public SeenRevisions seen(String series) {
    return new SeenRevisions(root.resolve("series").resolve(series).resolve(".watched"));
  }

  /**
   * Digests of what lies outside the store.
   *
   * @param tick called after each block read, for heartbeats; what it throws ends the work
   */
  public ContentDigests digests(Runnable tick) {
    return new ContentDigests(root.resolve("cache"), tick);
  }

  /** The artifact with this fingerprint, where it was published; it stays for a while. */
  public Optional<StoredArtifact> find(Fingerprint fingerprint) throws IOException {
    Path folder = artifact(fingerprint);
    try {
      if (!Files.exists(folder)) {
        return Optional.empty();
      }
      uses.mark(fingerprint, true);
      return Optional.of(read(folder, fingerprint));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** The digest that an artifact had before it was damaged and set aside, where it was. */
  public Optional<String> digestOfDamaged(Fingerprint fingerprint) throws IOException {
    return new DamagedArtifacts(this, () -> {}).digestBefore(fingerprint);
  }

  /** Whether an artifact with this fingerprint was published. */
  public boolean has(Fingerprint fingerprint) {
    return Files.exists(artifact(fingerprint).resolve(RECORD));
  }

  /**
   * Keeps artifacts from being removed while they are read.
   *
   * @param folders folders of artifacts or within them; others are left alone
   * @throws NoSuchFileException where one of them is no more
   */
  public InUse use(List<Path> folders) throws IOException {
    return InUse.of(root, uses, folders);
  }

  /** Keeps what a folder is part of from being removed, where it lies in a store. */
  public static InUse using(Path folder) throws IOException {
    Path real = folder.toRealPath();
    for (Path part = real; part != null; part = part.getParent()) {
      if (part.endsWith("artifacts") && part.getParent() != null) {
        return open(part.getParent()).use(List.of(real));
      }
    }
    return InUse.nothing();
  }

  /** What can be removed, and the removing of it. */
  public GarbageCollection garbage() {
    return new GarbageCollection(root, uses);
  }

  /** Every published artifact of an operation, in no particular order. */
  public List<StoredArtifact> all(String operation) throws IOException {
    List<StoredArtifact> found = new ArrayList<>();
    try (Stream<Path> folders = Files.list(root.resolve("artifacts").resolve(operation))) {
      for (Path folder : folders.toList()) {
        String hex = folder.getFileName().toString();
        if (Fingerprint.isHex(hex)) {
          find(new Fingerprint(operation, hex)).ifPresent(found::add);
        }
      }
    } catch (NoSuchFileException e) {
      // No step of the kind has been done.
    }
    return found;
  }

  /** What a step of a series gave when it was last done, however its parameters were then. */
  public Optional<StoredArtifact> linked(String series, String step) throws IOException {
    Path link = root.resolve("series").resolve(series).resolve(step);
    if (!Files.isDirectory(link)) {
      return Optional.empty();
    }
    Path folder = link.toRealPath();
    Path operation = folder.getParent();
    boolean inside = operation.getParent().equals(root.toRealPath().resolve("artifacts"));
    String hex = folder.getFileName().toString();
    return inside && Fingerprint.isHex(hex)
        ? find(new Fingerprint(operation.getFileName().toString(), hex))
        : Optional.empty();
  }

  /** Whether an attempt at a step was begun that left something to go on from. */
  public boolean begun(Fingerprint fingerprint) {
    return Files.isDirectory(
        root.resolve("work").resolve(fingerprint.operation()).resolve(fingerprint.hex()));
  }

  static StoredArtifact read(Path folder, Fingerprint fingerprint) throws IOException {
    JsonNode record = Json.MAPPER.readTree(Files.readAllBytes(folder.resolve(RECORD)));
    List<FileDigest> files = new ArrayList<>();
    for (JsonNode file : record.path("files")) {
      files.add(Json.MAPPER.treeToValue(file, FileDigest.class));
    }
    return new StoredArtifact(folder, fingerprint, record.path("digest").asText(), files, record);
  }

  /** What a step keeps between its attempts; exists after this call. */
  public Path work(Fingerprint fingerprint) throws IOException {
    return Files.createDirectories(workPlace(fingerprint));
  }

  /**
   * Drops what a published step kept between its attempts: it is out of the way when this returns,
   * and deleted in its own time, for optimizer states are large.
   */
  public void dropWork(Fingerprint fingerprint) throws IOException {
    Path folder = workPlace(fingerprint);
    if (!Files.exists(folder)) {
      return;
    }
    Path aside = root.resolve("staging").resolve("dropped-" + UUID.randomUUID());
    Owner.claim(aside);
    try {
      Files.move(folder, aside, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      // Somebody else was first.
      Owner.release(aside);
      return;
    }
    Thread.ofPlatform()
        .name("drop-work-" + fingerprint.brief())
        .start(
            () -> {
              Folders.deleteQuietly(aside);
              Owner.release(aside);
            });
  }

  /** Where a step keeps what it has between its attempts; there may be nothing. */
  public Path workPlace(Fingerprint fingerprint) {
    return root.resolve("work").resolve(fingerprint.operation()).resolve(fingerprint.hex());
  }

  /** A fresh, empty folder in which the artifact grows. */
  public Staging stage(Fingerprint fingerprint) throws IOException {
    Path folder =
        root.resolve("staging")
            .resolve(fingerprint.operation() + "-" + fingerprint.hex() + "-" + UUID.randomUUID());
    Owner.claim(folder);
    Files.createDirectory(folder);
    FaultPoint.reached("staging.claimed", folder);
    return new Staging(folder, fingerprint);
  }

  /** Removes staging folders whose owner ran on this host and is gone. */
  public void sweep() throws IOException {
    try (Stream<Path> entries = Files.list(root.resolve("staging"))) {
      for (Path entry : entries.toList()) {
        if (Owner.isClaim(entry)) {
          Owner.dropUseless(entry);
        } else if (!entry.getFileName().toString().startsWith(".") && Owner.gone(entry)) {
          Folders.delete(entry);
          Owner.release(entry);
        }
      }
    }
  }

  /**
   * Publishes what was staged: digests, lineage, fsync, one rename. Where another worker published
   * the same fingerprint meanwhile, its artifact is returned and the staged one dropped.
   *
   * @param tick called after each block digested, for heartbeats; what it throws ends the work
   * @throws IOException where a file cannot be read or written; nothing is published then
   */
  public StoredArtifact publish(Staging staging, Lineage lineage, Runnable tick)
      throws IOException {
    Fingerprint fingerprint = staging.fingerprint();
    List<FileDigest> files = digestAll(staging, tick);
    List<FileDigest> model =
        files.stream().filter(file -> ModelFiles.includes(file.path())).toList();
    ObjectNode record = Json.MAPPER.createObjectNode();
    record.put("format", 1);
    record.put("operation", fingerprint.operation());
    record.put("fingerprint", fingerprint.hex());
    record.put("digest", ContentDigests.combine(model.isEmpty() ? files : model));
    record.setAll((ObjectNode) Json.MAPPER.valueToTree(lineage));
    record.set("files", Json.MAPPER.valueToTree(files));
    Files.write(staging.folder().resolve(RECORD), Json.MAPPER.writeValueAsBytes(record));
    Folders.forceTree(staging.folder());

    Path destination = artifact(fingerprint);
    Files.createDirectories(destination.getParent());
    // Nothing points at it until the step's end.
    uses.mark(fingerprint, true);
    FaultPoint.reached("publish.before-rename", destination);
    try {
      Files.move(staging.folder(), destination, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException("the store " + root + " must lie on one file system", e);
    } catch (FileSystemException e) {
      // A folder that is not empty cannot be renamed over: another worker was first.
      if (!Files.exists(destination.resolve(RECORD))) {
        throw e;
      }
      staging.close();
      return read(destination, fingerprint);
    }
    FaultPoint.reached("publish.after-rename", destination);
    Folders.force(destination.getParent());
    Owner.release(staging.folder());
    return read(destination, fingerprint);
  }

  private static List<FileDigest> digestAll(Staging staging, Runnable tick) throws IOException {
    List<FileDigest> files = new ArrayList<>();
    for (Path file : ContentDigests.regularFiles(staging.folder())) {
      String name = ContentDigests.relative(staging.folder(), file);
      String known = staging.known().get(name);
      files.add(
          new FileDigest(name, Files.size(file), known == null ? Sha256.of(file, tick) : known));
    }
    return files;
  }

  /**
   * Points {@code series/SERIES/STEP} at a folder, so that people find a step's result by name.
   *
   * @param target an artifact of this store or a release's own folder
   */
  public void link(String series, String step, Path target) throws IOException {
    Path folder = Files.createDirectories(root.resolve("series").resolve(series));
    Path link = folder.resolve(step);
    Path wanted = target.startsWith(root) ? folder.relativize(target) : target;
    if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(wanted)) {
      return;
    }
    Path fresh = folder.resolve(step + ".new-" + UUID.randomUUID());
    Files.createSymbolicLink(fresh, wanted);
    Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private Path artifact(Fingerprint fingerprint) {
    return root.resolve("artifacts").resolve(fingerprint.operation()).resolve(fingerprint.hex());
  }

  /** Made with the first record: most commands look at none. */
  private static final class Json {
    static final JsonMapper MAPPER =
        JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();
  }
}
