package dev.recycler.activities.merge;

import dev.recycler.activities.safetensors.BadCheckpointException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Follows the rows of embedding and head from the fine-tuned model, which gives the config, to the
 * output: a config has one vocabulary for both.
 */
final class TokenRows {
  private record Table(String name, long finetuned, long output) {}

  private final List<Table> tables = new ArrayList<>();

  /** Takes note of a tensor of the output, if its rows are tokens. */
  void add(String name, List<Long> shape, Side finetuned) {
    if (Side.isTokenTable(name) && finetuned.has(name) && !shape.isEmpty()) {
      List<Long> own = finetuned.tensors().get(name).shape();
      if (!own.isEmpty()) {
        tables.add(new Table(name, own.getFirst(), shape.getFirst()));
      }
    }
  }

  /** How many tokens of the fine-tuned model have no row in the output. */
  long lost() {
    return tables.stream().mapToLong(table -> table.finetuned() - table.output()).max().orElse(0);
  }

  /**
   * The rows of the output, where they are not the fine-tuned model's.
   *
   * @throws BadCheckpointException where tables that have the same rows there do not have them in
   *     the output
   */
  OptionalLong vocabulary() {
    for (Table one : tables) {
      for (Table other : tables) {
        if (one.finetuned() == other.finetuned() && one.output() != other.output()) {
          throw new BadCheckpointException(
              "tensor \"%s\" would have %d rows and \"%s\" %d, and no model can be loaded with both; include or exclude both"
                  .formatted(one.name(), one.output(), other.name(), other.output()));
        }
      }
    }
    return tables.stream()
        .filter(table -> table.output() != table.finetuned())
        .mapToLong(Table::output)
        .findFirst();
  }
}
