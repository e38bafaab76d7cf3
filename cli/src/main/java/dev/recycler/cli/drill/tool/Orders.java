package dev.recycler.cli.drill.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * How a drill tells a tool to misbehave: a file {@code orders/KIND} with the misbehaviour's name.
 * Of several tools one takes it.
 */
final class Orders {
  private final Path order;
  private final Path taken;

  Orders(Path drill, String kind) {
    order = drill.resolve("orders").resolve(kind);
    taken = order.resolveSibling(".taken-" + kind + "-" + ProcessHandle.current().pid());
  }

  Optional<String> take() throws IOException {
    if (!Files.exists(order)) {
      return Optional.empty();
    }
    try {
      Files.move(order, taken, StandardCopyOption.ATOMIC_MOVE);
      return Optional.of(Files.readString(taken).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
