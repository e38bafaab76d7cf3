package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.safetensors.NoSpaceException;
import dev.recycler.activities.safetensors.ShardLayout;
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
  /** Values from which on the time to compile kernels first is won back. */
  private static final long WORTH_WARMING = 50_000_000;

  private final MergeRequest request;
  private final Inputs inputs;
  private final MergePlan plan;
  private final Kernels kernels;
  private final long started = System.nanoTime();

  MergeRun(MergeRequest request, Inputs inputs) throws IOException {
    this.request = request;
    this.inputs = inputs;
    this.kernels = Kernels.choose(request.kernels());
    this.plan = new MergePlanner(request).plan(inputs);
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
        plan.bytesToMove(request.scales().size()),
        plan.layout().bytes(),
        plan.layout().files().stream().map(ShardLayout.WeightFile::name).toList(),
        kernels.name(),
        plan.padded(),
        plan.notes());
  }

  /** The folder of each output below the one that is published. */
  List<Path> folders(Path root) {
    List<Double> scales = request.scales();
    return scales.size() == 1
        ? List.of(root)
        : scales.stream().map(scale -> root.resolve(ModelCard.scaleFolder(scale))).toList();
  }

  /** Demands room for all outputs. */
  void requireSpace(Path folder) throws IOException {
    requireSpace(folder, request.scales().size() * plan.layout().bytes());
  }

  /**
   * @throws NoSpaceException where the file system has less room than the output needs
   */
  static void requireSpace(Path folder, long needed) throws IOException {
    long usable = Files.getFileStore(folder).getUsableSpace();
    if (usable < needed) {
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
    AnalysisCollector analysis = request.analyze() ? new AnalysisCollector() : null;
    var pipeline =
        new BlockPipeline(
            kernels,
            request.load(),
            plan.layout(),
            plan.tensors(),
            folders,
            PipelineSize.of(request.threads(), request.blockBytes(), folders.size()),
            analysis);
    if (plan.values() > WORTH_WARMING) {
      kernels.warmUp();
    }
    List<List<MergeReport.OutputFile>> weights = pipeline.run(watcher(pipeline, listener));
    var notes = new ArrayList<>(plan.notes());
    var outputs = new ArrayList<MergeReport.Output>();
    for (int i = 0; i < folders.size(); i++) {
      var outputNotes = new ArrayList<String>();
      outputs.add(finish(folders.get(i), request.scales().get(i), weights.get(i), outputNotes));
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
    long total = plan.bytesToMove(request.scales().size());
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
    ModelFolder main = inputs.finetuned().isAdapter() ? inputs.target() : inputs.finetuned();
    Optional<ModelConfig> config = ModelConfig.of(main);
    if (config.isPresent()) {
      notes.addAll(config.get().apply(plan.config()));
      sidecars.write(ModelConfig.NAME, config.get().bytes());
    } else {
      notes.add("%s has no config.json, so the output has none".formatted(main.path()));
    }
    copyTokenizer(sidecars, notes);
    for (String name : SidecarFiles.othersOf(main)) {
      sidecars.copy(main, name);
    }
    var cardNotes = new ArrayList<>(plan.notes());
    cardNotes.addAll(notes);
    var files = new ArrayList<>(weights);
    files.addAll(sidecars.written());
    String card = ModelCard.text(request, scale, modelNames(), files, cardNotes, Version.get());
    sidecars.write("README.md", card.getBytes(StandardCharsets.UTF_8));
    files.add(sidecars.written().getLast());
    StagedFolder.sync(folder);
    return new MergeReport.Output(scale, folder, files);
  }

  private void copyTokenizer(SidecarFiles sidecars, List<String> notes) throws IOException {
    ModelFolder from = inputs.finetuned();
    List<String> names = SidecarFiles.tokenizerOf(from);
    if (names.isEmpty()) {
      from = inputs.target();
      names = SidecarFiles.tokenizerOf(from);
      notes.add(
          names.isEmpty()
              ? "neither the fine-tuned model nor the target has a tokenizer"
              : "the fine-tuned model has no tokenizer: the target's is used");
    }
    for (String name : names) {
      sidecars.copy(from, name);
    }
  }

  private List<String> modelNames() throws IOException {
    var names = new ArrayList<String>();
    names.add(ModelCard.nameOf(request.target(), ModelConfig.of(inputs.target())));
    names.add(ModelCard.nameOf(request.finetuned(), ModelConfig.of(inputs.finetuned())));
    if (inputs.base().isPresent()) {
      names.add(
          ModelCard.nameOf(request.base().orElseThrow(), ModelConfig.of(inputs.base().get())));
    }
    return names;
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
