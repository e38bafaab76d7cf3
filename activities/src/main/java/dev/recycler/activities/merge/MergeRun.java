package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.safetensors.NoSpaceException;
import dev.recycler.activities.safetensors.ShardLayout;
import dev.recycler.activities.store.Folders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One merge, from opened inputs to files in a folder that somebody else publishes. */
final class MergeRun {
  private final MergeRequest request;
  private final Inputs inputs;
  private final MergePlan plan;
  private final Kernels kernels;
  private final List<InputIdentity> identities;
  private final Companions companions;
  private final long started = System.nanoTime();

  MergeRun(MergeRequest request, Inputs inputs) throws IOException {
    this.request = request;
    this.inputs = inputs;
    this.kernels = Kernels.choose(request.tuning().kernels());
    this.plan = new MergePlanner(request).plan(inputs);
    this.identities = inputs.identities(request.digests());
    this.companions = Companions.of(inputs);
  }

  /** What is known of the inputs: target, fine-tuned model and, where there is one, base. */
  List<InputIdentity> identities() {
    return identities;
  }

  MergePreview preview() {
    long merged =
        plan.tensors().values().stream()
            .filter(tensor -> !(tensor.delta() instanceof Delta.None))
            .count();
    return new MergePreview(
        plan.tensors().size(),
        (int) merged,
        plan.values(),
        plan.bytesToMove(request.sum().scales().size()),
        plan.layout().bytes(),
        plan.layout().files().stream().map(ShardLayout.WeightFile::name).toList(),
        kernels.name(),
        plan.padded(),
        plan.notes());
  }

  /** The folder of each output below the one that is published. */
  List<Path> folders(Path root) {
    List<Double> scales = request.sum().scales();
    return scales.size() == 1
        ? List.of(root)
        : scales.stream().map(scale -> root.resolve(ModelCard.scaleFolder(scale))).toList();
  }

  /** Demands room for all outputs. */
  void requireSpace(Path folder) throws IOException {
    requireSpace(folder, request.sum().scales().size() * plan.layout().bytes());
  }

  /**
   * @throws NoSpaceException where the file system has less room than the output needs, as far as
   *     it says
   */
  static void requireSpace(Path folder, long needed) throws IOException {
    // Not by Files.getFileStore, which fails where it finds no mount, as in some sandboxes. Some
    // file systems of user space know no sizes and say 0 to everything.
    long usable = folder.toFile().getUsableSpace();
    if (usable < needed && folder.toFile().getTotalSpace() > 0) {
      throw new NoSpaceException(
          "%s: the output needs %d bytes, and the file system has %d left"
              .formatted(folder, needed, usable));
    }
  }

  /** Writes everything below {@code root}, synced to disk. */
  MergeReport write(Path root, ProgressListener listener) throws IOException, InterruptedException {
    List<Path> folders = folders(root);
    for (Path folder : folders) {
      Files.createDirectories(folder);
    }
    boolean based = inputs.base().isPresent() && !DiffFolder.isOne(inputs.finetuned());
    AnalysisCollector analysis = request.tuning().analyze() ? new AnalysisCollector(based) : null;
    var pipeline =
        new BlockPipeline(
            kernels,
            request.sum().load(),
            plan.layout(),
            plan.tensors(),
            folders,
            PipelineSize.of(
                request.tuning().threads(), request.tuning().blockBytes(), folders.size()),
            analysis);
    WarmUp.await(request, inputs);
    List<List<MergeReport.OutputFile>> weights = pipeline.run(watcher(pipeline, listener));
    var notes = new ArrayList<>(plan.notes());
    if (analysis != null && !based) {
      notes.add("no base is at hand: the measurements take the target in its place");
    }
    var outputs = new ArrayList<MergeReport.Output>();
    for (int i = 0; i < folders.size(); i++) {
      var outputNotes = new ArrayList<String>();
      outputs.add(
          finish(folders.get(i), request.sum().scales().get(i), weights.get(i), outputNotes));
      if (i == 0) {
        notes.addAll(outputNotes);
      }
    }
    return new MergeReport(
        outputs,
        plan.tensors().size(),
        plan.values(),
        pipeline.bytesRead(),
        seconds(),
        kernels.name(),
        plan.padded(),
        notes,
        Optional.ofNullable(analysis).map(AnalysisCollector::result));
  }

  private BlockPipeline.Watcher watcher(BlockPipeline pipeline, ProgressListener listener) {
    long total = plan.bytesToMove(request.sum().scales().size());
    return phase -> {
      listener.progress(new MergeProgress(phase, pipeline.bytesMoved(), total, seconds()));
      return listener.cancelled();
    };
  }

  private double seconds() {
    return (System.nanoTime() - started) / 1e9;
  }

  /** Writes config, tokenizer, index and card. */
  private MergeReport.Output finish(
      Path folder, double scale, List<MergeReport.OutputFile> weights, List<String> notes)
      throws IOException {
    var sidecars = new SidecarFiles(folder);
    Optional<String> index = plan.layout().index();
    if (index.isPresent()) {
      sidecars.write(ShardLayout.indexName(), index.get().getBytes(StandardCharsets.UTF_8));
    }
    Optional<ModelConfig> config = ModelConfig.of(companions.main());
    if (config.isPresent()) {
      notes.addAll(config.get().apply(plan.config()));
      sidecars.write(ModelConfig.NAME, config.get().bytes());
    } else {
      notes.add(
          "%s has no config.json, so the output has none".formatted(companions.main().path()));
    }
    notes.addAll(companions.notes());
    companions.copyTo(sidecars);
    var cardNotes = new ArrayList<>(plan.notes());
    cardNotes.addAll(notes);
    var files = new ArrayList<>(weights);
    files.addAll(sidecars.written());
    String card = new ModelCard(request, identities).text(scale, files, cardNotes);
    sidecars.write("README.md", card.getBytes(StandardCharsets.UTF_8));
    files.add(sidecars.written().getLast());
    Folders.force(folder);
    return new MergeReport.Output(scale, folder, files);
  }

  /**
   * @throws BadCheckpointException where the output would lie in an input
   */
  static void requireApart(Path out, Inputs inputs) throws IOException {
    Path place = real(out.toAbsolutePath().normalize());
    for (ModelFolder input :
        Stream.concat(inputs.base().stream(), Stream.of(inputs.finetuned(), inputs.target()))
            .toList()) {
      if (place.startsWith(input.realPath())) {
        throw new BadCheckpointException(
            place.equals(input.realPath())
                ? "the output folder %s is also an input; give another --out".formatted(out)
                : "the output folder %s lies inside the input %s; give another --out"
                    .formatted(out, input.path()));
      }
    }
  }

  /** The path with the links of its existing part resolved. */
  private static Path real(Path path) throws IOException {
    Path existing = path;
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (existing == null) {
      return path;
    }
    return existing.toRealPath().resolve(existing.relativize(path)).normalize();
  }
}
