package dev.recycler.activities.publish;

import dev.recycler.activities.hub.HubContent;
import dev.recycler.activities.hub.HubProgress;
import dev.recycler.activities.hub.HubUpload;
import dev.recycler.activities.merge.MergeEngine;
import dev.recycler.activities.merge.MergeRequest;
import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.FileDigest;
import dev.recycler.activities.store.InUse;
import dev.recycler.activities.store.LineageGraph;
import dev.recycler.activities.store.LineageNode;
import dev.recycler.activities.store.ModelFiles;
import dev.recycler.workflows.spec.HubModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** A finished model on its way to others. */
public final class Publication {
  private static final String CARD = "README.md";

  private final Path model;
  private final Optional<Dtype> dtype;
  private final Words words;
  private final Optional<String> series;

  /**
   * What only people know about a model.
   *
   * @param title its name, or null for the last part of its address
   * @param license the hub's short name of its licence, or null
   * @param datasets the hub's names of the data sets it was fine-tuned on
   */
  public record Words(String title, String license, List<String> datasets) {
    public Words {
      datasets = List.copyOf(datasets);
    }
  }

  /**
   * A publication.
   *
   * @param model a model folder: an artifact of a store, a checkpoint in one, or any other
   * @param dtype the float type to cast the weights to
   */
  public Publication(Path model, Optional<Dtype> dtype, Words words) {
    this(model, dtype, words, Optional.empty());
  }

  private Publication(Path model, Optional<Dtype> dtype, Words words, Optional<String> series) {
    this.model = model;
    this.dtype = dtype;
    this.words = words;
    this.series = series;
  }

  /**
   * The same by a series: the card has its scores and its names alone. Models are shared by series,
   * and another one may score them otherwise. Where no series is named, a path such as {@code
   * store/series/SERIES/STEP} names it.
   */
  public Publication of(String name) {
    return new Publication(model, dtype, words, Optional.of(name));
  }

  /**
   * Publishes to a folder, which appears in one piece.
   *
   * @throws BadCheckpointException where the model is none, or something is at {@code folder}
   */
  public void to(Path folder) throws IOException, InterruptedException {
    Path place = folder.toAbsolutePath().normalize();
    requireFree(place);
    Files.createDirectories(place.getParent());
    Path staging = sibling(place);
    try (InUse _ = ArtifactStore.using(model)) {
      Files.createDirectory(staging);
      for (HubContent file : contents(place.getFileName().toString(), staging.resolve(".cast"))) {
        switch (file) {
          case HubContent.InFile(String path, Path from) -> Files.copy(from, staging.resolve(path));
          case HubContent.Text(String path, String text) ->
              Files.writeString(staging.resolve(path), text);
        }
      }
      delete(staging.resolve(".cast"));
      Files.move(staging, place, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      delete(staging);
    }
  }

  /**
   * Publishes to a hub.
   *
   * @throws dev.recycler.activities.hub.HubException where the hub does not take it
   */
  public HubUpload.Published to(
      HubModel target, HubUpload upload, HubUpload.Options options, HubProgress progress)
      throws IOException, InterruptedException {
    String name = target.repository().substring(target.repository().indexOf('/') + 1);
    // A cast of many gigabytes goes where the model lies, not to a temporary folder in memory.
    Path work = sibling(workPlace().resolve(name));
    try (InUse _ = ArtifactStore.using(model)) {
      return upload.publish(target, contents(name, work), options, progress);
    } finally {
      delete(work);
    }
  }

  private Path workPlace() throws IOException {
    Path real = model.toRealPath();
    return LineageGraph.storeOf(real)
        .map(store -> store.resolve("staging"))
        .orElse(real.getParent());
  }

  /** Everything that is published; {@code cast} is a folder for weights that have to be made. */
  private List<HubContent> contents(String name, Path cast)
      throws IOException, InterruptedException {
    try (ModelFolder opened = ModelFolder.open(model)) {
      if (opened.isAdapter()) {
        throw new BadCheckpointException(
            "%s is an adapter, not a model; merge it into its model first".formatted(model));
      }
    }
    Path source = model;
    if (dtype.isPresent()) {
      Files.createDirectories(cast);
      // Nothing is merged: every tensor is the model's own, in another type.
      MergeEngine.writeInto(
          MergeRequest.of(model, model, model, cast)
              .withExclude(List.of("*"))
              .withDtype(dtype.get()),
          cast,
          progress -> {});
      source = cast;
    }
    Home home = Home.of(model, series);
    LineageNode lineage = LineageGraph.of(model, home.hints());
    // What the record of the model says is kept, so that damage since then is found by who reads
    // it.
    Map<String, FileDigest> known =
        Files.isRegularFile(source.resolve(ArtifactStore.RECORD))
            ? FileDigest.inRecord(lineage.record())
            : Map.of();
    List<HubContent> files = new ArrayList<>();
    List<FileDigest> digests = new ArrayList<>();
    try (Stream<Path> names = Files.list(source)) {
      for (Path file : names.filter(Files::isRegularFile).sorted().toList()) {
        String path = file.getFileName().toString();
        if (ModelFiles.includes(path) || isLicence(path)) {
          files.add(new HubContent.InFile(path, file.toRealPath()));
          FileDigest recorded = known.get(path);
          digests.add(recorded != null ? recorded : FileDigest.of(path, file));
        }
      }
    }
    String title = words.title() == null ? name : words.title();
    files.add(
        new HubContent.Text(
            CARD, Card.text(title, lineage, home.scores(lineage.digest()), words, castNote())));
    files.add(
        new HubContent.Text(
            ArtifactStore.RECORD, PublishedLineage.text(lineage, published(lineage), digests)));
    return files;
  }

  private static boolean isLicence(String path) {
    return path.toUpperCase(Locale.ROOT).matches("(LICEN[CS]E|NOTICE|USE_POLICY).*");
  }

  private Map<String, String> published(LineageNode lineage) {
    Map<String, String> published = new LinkedHashMap<>();
    published.put("digest", lineage.digest());
    dtype.ifPresent(
        type -> {
          published.put("cast", type.name());
          published.put("note", "the digest is that of the model before the cast");
        });
    return published;
  }

  private String castNote() {
    return dtype
        .map(
            type ->
                ("The weights published here are cast to %s, rounded to nearest even, from the ones"
                        + " that the digests and scores below belong to.")
                    .formatted(type.name()))
        .orElse(null);
  }

  private static void requireFree(Path place) throws IOException {
    if (place.getParent() == null) {
      throw new BadCheckpointException("%s cannot be published to".formatted(place));
    }
    if (Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> entries = Files.list(place)) {
        if (entries.findAny().isEmpty()) {
          return;
        }
      }
    } else if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    throw new BadCheckpointException(
        "%s exists already and is never overwritten; remove it or give another folder"
            .formatted(place));
  }

  private static Path sibling(Path place) {
    return place.resolveSibling("." + place.getFileName() + ".publishing-" + UUID.randomUUID());
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
