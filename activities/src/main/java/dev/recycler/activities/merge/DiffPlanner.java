package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import dev.recycler.activities.safetensors.ModelFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/** Plans the difference of two models itself: to be written, or only to be measured. */
final class DiffPlanner {
  private final MergeRequest request;
  private final Shapes shapes;
  private final Map<String, TensorPlan> plans = new LinkedHashMap<>();
  private final TokenRows tokens = new TokenRows();

  DiffPlanner(MergeRequest request) {
    this.request = request;
    this.shapes = new Shapes(request.tensors().embeddings());
  }

  /**
   * The plan of a folder that holds the difference.
   *
   * @param dtype F32 or F64
   */
  MergePlan extraction(ModelFolder base, ModelFolder finetuned, Dtype dtype) throws IOException {
    return plan(base, finetuned, Optional.empty(), dtype);
  }

  /** The plan of a measurement, beside the target where there is one. */
  MergePlan measurement(ModelFolder base, ModelFolder finetuned, Optional<ModelFolder> target)
      throws IOException {
    return finetuned.isAdapter()
        ? adapter(base, finetuned, target)
        : plan(base, finetuned, target, Dtype.F32);
  }

  private MergePlan adapter(ModelFolder base, ModelFolder adapter, Optional<ModelFolder> target)
      throws IOException {
    requireModels(List.of(base));
    Map<String, LowRankFactors> modules = new AdapterReader(adapter, request.sum().load()).read();
    Side baseSide = Side.of("base", base, request.tensors().ignorePrefix());
    AdapterReader.requireFit(adapter, modules, baseSide);
    Optional<Side> targetSide =
        target.map(folder -> Side.of("target", folder, request.tensors().ignorePrefix()));
    targetSide.ifPresent(side -> AdapterReader.requireFit(adapter, modules, side));
    var choice = new TensorChoice(request);
    choice.requireUse(modules.keySet());
    modules.forEach(
        (name, factors) -> {
          if (choice.isMerged(name)) {
            var delta = new Delta.LowRank(factors, Optional.of(baseSide.source(name)));
            plans.put(
                name,
                new TensorPlan(
                    name,
                    Dtype.F32,
                    factors.shape(),
                    targetSide.map(side -> side.source(name)),
                    delta,
                    List.of(1.0)));
          }
        });
    return new MergePlan(
        plans,
        OutputLayout.of(request, plans, target.orElse(base), Map.of()),
        List.of(),
        List.of(),
        new ConfigChanges(Optional.empty(), OptionalLong.empty(), false));
  }

  private static void requireModels(List<ModelFolder> folders) {
    for (ModelFolder folder : folders) {
      if (folder.isAdapter() || DiffFolder.isOne(folder)) {
        throw new BadCheckpointException(
            "%s is %s, not a model; both sides of a difference must be models"
                .formatted(folder.path(), folder.isAdapter() ? "an adapter" : "a difference"));
      }
    }
  }

  private MergePlan plan(
      ModelFolder baseFolder,
      ModelFolder finetunedFolder,
      Optional<ModelFolder> targetFolder,
      Dtype dtype)
      throws IOException {
    requireModels(List.of(baseFolder, finetunedFolder));
    targetFolder.ifPresent(folder -> requireModels(List.of(folder)));
    var sides = new ArrayList<Side>();
    sides.add(Side.of("base", baseFolder, request.tensors().ignorePrefix()));
    Side plainFinetuned = Side.of("finetuned", finetunedFolder, request.tensors().ignorePrefix());
    sides.add(plainFinetuned);
    if (targetFolder.isPresent()) {
      sides.add(Side.of("target", targetFolder.get(), request.tensors().ignorePrefix()));
    }
    TiedHead heads = TiedHead.settle(sides, plainFinetuned);
    var names = new TreeSet<String>();
    heads.sides().forEach(side -> names.addAll(side.tensors().keySet()));
    var choice = new TensorChoice(request);
    choice.requireUse(names);
    names.removeIf(name -> !choice.isMerged(name));
    NameDifferences.refuse(heads.sides(), names);
    for (String name : names) {
      plan(name, heads.sides(), dtype);
    }
    return new MergePlan(
        plans,
        // By the files of the model whose tensors are the plans' targets.
        OutputLayout.of(
            request,
            plans,
            targetFolder.orElse(finetunedFolder),
            Map.of(DiffFolder.KEY, DiffFolder.VALUE)),
        shapes.padded(),
        heads.note().map(List::of).orElse(List.of()),
        new ConfigChanges(Optional.empty(), tokens.vocabulary(), heads.untied()));
  }

  private void plan(String name, List<Side> sides, Dtype dtype) throws IOException {
    Side base = sides.get(0);
    Side finetuned = sides.get(1);
    Shapes.requireSameKind(name, sides);
    List<Long> shape = shapes.settle(name, sides, finetuned);
    tokens.add(name, shape, finetuned);
    if (base.tensors().get(name).dtype().isFloat()) {
      Optional<Source> target =
          sides.size() > 2 ? Optional.of(sides.get(2).source(name)) : Optional.empty();
      var delta = new Delta.Subtracted(finetuned.source(name), base.source(name));
      plans.put(name, new TensorPlan(name, dtype, shape, target, delta, List.of(1.0)));
    } else {
      for (Side side : sides) {
        MergePlanner.requireEqual(name, side, finetuned);
      }
      Source same = sides.getLast().source(name);
      plans.put(
          name,
          new TensorPlan(
              name, same.dtype(), shape, Optional.of(same), new Delta.None(), List.of(1.0)));
    }
  }
}
