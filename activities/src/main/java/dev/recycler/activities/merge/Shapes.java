package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Settles the shape of a tensor of the output from those of the models, and checks their types. */
final class Shapes {
  private final EmbeddingsPolicy policy;
  private final List<String> padded = new ArrayList<>();

  Shapes(EmbeddingsPolicy policy) {
    this.policy = policy;
  }

  /** Names of the tensors whose rows were padded or cut. */
  List<String> padded() {
    return padded;
  }

  /**
   * @param sides the models that take part, all of which have the tensor
   * @param finetuned the one that may have added rows
   * @throws BadCheckpointException where shapes differ by more than rows that the policy settles
   */
  List<Long> settle(String name, List<Side> sides, Side finetuned) {
    List<List<Long>> shapes = sides.stream().map(side -> shape(side, name)).toList();
    if (shapes.stream().distinct().count() == 1) {
      return shapes.getFirst();
    }
    boolean rowsOnly =
        shapes.stream().noneMatch(List::isEmpty)
            && shapes.stream().map(shape -> shape.subList(1, shape.size())).distinct().count() == 1;
    if (!rowsOnly || !Side.isTokenTable(name)) {
      throw bad(name, sides, "shapes must be equal");
    }
    padded.add(name);
    return switch (policy) {
      case STRICT ->
          throw bad(name, sides, "--embeddings pad adds rows of zeros, --embeddings truncate cuts");
      case TRUNCATE -> withRows(shapes, shapes.stream().mapToLong(List::getFirst).min().orElse(0));
      case PAD -> {
        long rows = shape(finetuned, name).getFirst();
        if (shapes.stream().anyMatch(shape -> shape.getFirst() > rows)) {
          throw bad(
              name,
              sides,
              "only the fine-tuned model may have more rows; --embeddings truncate keeps those that"
                  + " all have");
        }
        yield withRows(shapes, rows);
      }
    };
  }

  private static List<Long> withRows(List<List<Long>> shapes, long rows) {
    var shape = new ArrayList<>(shapes.getFirst());
    shape.set(0, rows);
    return shape;
  }

  /**
   * @throws BadCheckpointException where some sides have floats and others not, or differing
   *     integers
   */
  static void requireSameKind(String name, List<Side> sides) {
    List<Dtype> dtypes = sides.stream().map(side -> side.tensors().get(name).dtype()).toList();
    boolean floats = dtypes.stream().allMatch(Dtype::isFloat);
    boolean same = dtypes.stream().distinct().count() == 1;
    if (!floats && !same) {
      throw new BadCheckpointException(
          "tensor \"%s\" is %s; integer tensors must be equal in all models"
              .formatted(name, describe(sides, side -> side.tensors().get(name).dtype())));
    }
  }

  private static List<Long> shape(Side side, String name) {
    return side.tensors().get(name).shape();
  }

  private static BadCheckpointException bad(String name, List<Side> sides, String rule) {
    return new BadCheckpointException(
        "tensor \"%s\" has shape %s; %s"
            .formatted(name, describe(sides, side -> shape(side, name)), rule));
  }

  private static String describe(
      List<Side> sides, java.util.function.Function<Side, Object> property) {
    return sides.stream()
        .map(side -> property.apply(side) + " in " + side.role())
        .collect(Collectors.joining(", "));
  }
}
