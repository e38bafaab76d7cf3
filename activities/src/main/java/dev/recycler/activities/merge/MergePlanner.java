package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ModelFolder;
import dev.recycler.activities.safetensors.ShardLayout;
import dev.recycler.activities.safetensors.TensorInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/** Decides what is done to each tensor, or refuses, before anything is written. */
final class MergePlanner {
  private final MergeRequest request;
  private final TensorChoice choice;
  private final Shapes shapes;
  private final List<String> notes = new ArrayList<>();
  private final Map<String, TensorPlan> plans = new LinkedHashMap<>();
  private final TokenRows tokens = new TokenRows();
  private boolean untied;

  MergePlanner(MergeRequest request) {
    this.request = request;
    this.choice = new TensorChoice(request);
    this.shapes = new Shapes(request.tensors().embeddings());
  }

  /**
   * @throws BadCheckpointException where the models do not fit each other or the request
   */
  MergePlan plan(Inputs inputs) throws IOException {
    Side target = Side.of("target", inputs.target(), request.tensors().ignorePrefix());
    if (inputs.finetuned().isAdapter()) {
      planAdapter(inputs, target);
    } else if (DiffFolder.isOne(inputs.finetuned())) {
      planStored(Side.of("diff", inputs.finetuned(), request.tensors().ignorePrefix()), target);
    } else {
      planSubtracted(inputs, target);
    }
    return finish(inputs);
  }

  private void planSubtracted(Inputs inputs, Side plainTarget) throws IOException {
    ModelFolder baseFolder =
        inputs
            .base()
            .orElseThrow(
                () ->
                    new BadCheckpointException(
                        "no base is given; only an adapter or an extracted diff needs none"));
    Side plainBase = Side.of("base", baseFolder, request.tensors().ignorePrefix());
    Side plainFinetuned =
        Side.of("finetuned", inputs.finetuned(), request.tensors().ignorePrefix());
    TiedHead heads =
        TiedHead.settle(List.of(plainBase, plainFinetuned, plainTarget), plainFinetuned);
    heads.note().ifPresent(notes::add);
    untied = heads.untied();
    Side base = heads.sides().get(0);
    Side finetuned = heads.sides().get(1);
    Side target = heads.sides().get(2);
    var names = new TreeSet<String>();
    heads.sides().forEach(side -> names.addAll(side.tensors().keySet()));
    choice.requireUse(names);
    NameDifferences.refuse(heads.sides(), names.stream().filter(choice::isMerged).toList());
    for (String name : names) {
      if (!choice.isMerged(name)) {
        planUnmerged(name, finetuned, target);
      } else {
        planMerged(name, base, finetuned, target);
      }
    }
  }

  private void planMerged(String name, Side base, Side finetuned, Side target) throws IOException {
    List<Side> sides = List.of(base, finetuned, target);
    Shapes.requireSameKind(name, sides);
    List<Long> shape = shapes.settle(name, sides, finetuned);
    Delta delta;
    if (target.tensors().get(name).dtype().isFloat()) {
      delta = new Delta.Subtracted(finetuned.source(name), base.source(name));
    } else {
      requireEqual(name, base, target);
      requireEqual(name, finetuned, target);
      delta = new Delta.None();
    }
    tokens.add(name, shape, finetuned);
    add(outputName(name, finetuned), shape, target.source(name), delta, choice.scales(name));
  }

  static void requireEqual(String name, Side one, Side other) throws IOException {
    if (!TiedHead.equal(one.source(name), other.source(name))) {
      throw new BadCheckpointException(
          "tensor \"%s\" (%s) differs between %s and %s; integer tensors must be equal in all models"
              .formatted(name, one.tensors().get(name).dtype(), one.role(), other.role()));
    }
  }

  private void planUnmerged(String name, Side finetuned, Side target) {
    if (!target.has(name)) {
      notes.add("%s is left out: it is excluded, and the target has none".formatted(name));
      return;
    }
    String output = finetuned.has(name) ? outputName(name, finetuned) : outputName(name, target);
    List<Long> shape = target.tensors().get(name).shape();
    tokens.add(name, shape, finetuned);
    add(output, shape, target.source(name), new Delta.None(), choice.scales(name));
  }

  private void planStored(Side diff, Side plainTarget) throws IOException {
    TiedHead heads = TiedHead.settle(List.of(diff, plainTarget), diff);
    heads.note().ifPresent(notes::add);
    untied = heads.untied();
    Side target = heads.sides().get(1);
    var names = new TreeSet<String>();
    heads.sides().forEach(side -> names.addAll(side.tensors().keySet()));
    choice.requireUse(names);
    NameDifferences.refuse(heads.sides(), names.stream().filter(choice::isMerged).toList());
    for (String name : names) {
      if (!choice.isMerged(name)) {
        planUnmerged(name, diff, target);
        continue;
      }
      List<Side> sides = List.of(heads.sides().get(0), target);
      Shapes.requireSameKind(name, sides);
      List<Long> shape = shapes.settle(name, sides, sides.getFirst());
      boolean isFloat = target.tensors().get(name).dtype().isFloat();
      if (!isFloat) {
        requireEqual(name, sides.getFirst(), target);
      }
      Delta delta = isFloat ? new Delta.Stored(sides.getFirst().source(name)) : new Delta.None();
      tokens.add(name, shape, diff);
      add(outputName(name, diff), shape, target.source(name), delta, choice.scales(name));
    }
  }

  private void planAdapter(Inputs inputs, Side target) throws IOException {
    Map<String, LowRankFactors> modules =
        new AdapterReader(inputs.finetuned(), request.sum().load()).read();
    choice.requireUse(target.tensors().keySet());
    Optional<Side> base =
        inputs.base().map(folder -> Side.of("base", folder, request.tensors().ignorePrefix()));
    AdapterReader.requireFit(inputs.finetuned(), modules, target);
    base.ifPresent(side -> AdapterReader.requireFit(inputs.finetuned(), modules, side));
    for (String name : target.tensors().keySet()) {
      LowRankFactors factors = modules.get(name);
      Optional<Source> beside =
          base.filter(side -> factors != null && request.tuning().analyze())
              .map(side -> side.source(name));
      Delta delta =
          factors != null && choice.isMerged(name)
              ? new Delta.LowRank(factors, beside)
              : new Delta.None();
      TensorInfo tensor = target.tensors().get(name);
      add(tensor.name(), tensor.shape(), target.source(name), delta, choice.scales(name));
    }
  }

  private static String outputName(String name, Side side) {
    // A head that stands for a tied one has the embedding's name in its own model.
    String own = side.tensors().containsKey(name) ? side.tensors().get(name).name() : name;
    return own.endsWith(name) ? own : name;
  }

  private void add(String name, List<Long> shape, Source target, Delta delta, List<Double> scales) {
    plans.put(
        name, new TensorPlan(name, outputDtype(target), shape, Optional.of(target), delta, scales));
  }

  private Dtype outputDtype(Source target) {
    if (!target.dtype().isFloat()) {
      return target.dtype();
    }
    Dtype loaded = request.sum().load() == LoadMode.BFLOAT16 ? Dtype.BF16 : target.dtype();
    return request.form().dtype().orElse(loaded);
  }

  private MergePlan finish(Inputs inputs) throws IOException {
    OptionalLong vocabulary = tokens.vocabulary();
    if (tokens.lost() > 0 && !SidecarFiles.tokenizerOf(inputs.finetuned()).isEmpty()) {
      notes.add(
          "the last %d of the fine-tuned model's tokens have no embedding any more, but its tokenizer, which"
                  .formatted(tokens.lost())
              + " the output has, may still give them: keep them out of texts, or put the target's"
              + " tokenizer in its place");
    }
    ShardLayout layout = OutputLayout.of(request, plans, inputs.target(), Map.of());
    Map<String, TensorPlan> ordered = new LinkedHashMap<>();
    layout
        .files()
        .forEach(file -> file.tensors().forEach(t -> ordered.put(t.name(), plans.get(t.name()))));
    return new MergePlan(
        ordered,
        layout,
        shapes.padded(),
        notes,
        new ConfigChanges(commonDtype(), vocabulary, untied));
  }

  private Optional<Dtype> commonDtype() {
    Map<Dtype, Long> bytes = new LinkedHashMap<>();
    for (TensorPlan plan : plans.values()) {
      if (plan.dtype().isFloat()) {
        bytes.merge(plan.dtype(), plan.entry().bytes() + 1, Long::sum);
      }
    }
    return bytes.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
  }
}
