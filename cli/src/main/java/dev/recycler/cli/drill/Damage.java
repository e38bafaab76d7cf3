package dev.recycler.cli.drill;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Damages files as a failing disk does. */
final class Damage {
  private final Scene scene;

  Damage(Scene scene) {
    this.scene = scene;
  }

  /** A byte of a published model or score changes, or its file ends early. */
  boolean artifact(Fault fault) throws IOException {
    List<String> artifacts = scene.publications().now();
    if (artifacts.isEmpty()) {
      return false;
    }
    String artifact = artifacts.get(fault.which() % artifacts.size());
    Path folder = scene.folder().store().resolve("artifacts").resolve(artifact);
    Path model = folder.resolve("model.safetensors");
    Path file = Files.exists(model) ? model : folder.resolve("score.json");
    scene.publications().wasDamaged(artifact);
    try {
      change(file, fault);
    } catch (NoSuchFileException e) {
      return false;
    }
    return true;
  }

  /** A file of the newest whole checkpoint of a running training ends early; the trainer dies. */
  boolean checkpoint(Fault fault) throws IOException, InterruptedException {
    for (int i = 0; i < 60 && !scene.isOver(); i++) {
      for (ProcessHandle trainer : scene.processes(Scene.TRAINER)) {
        String[] words = trainer.info().commandLine().orElse("").split(" ", -1);
        int at = List.of(words).indexOf("--output");
        // It saves nothing newer meanwhile, and does not end by itself.
        Processes.signal("STOP", trainer.pid());
        List<Path> saved = at < 0 ? List.of() : checkpoints(Path.of(words[at + 1]));
        if (saved.isEmpty()) {
          Processes.signal("CONT", trainer.pid());
        } else {
          String name =
              List.of("model.safetensors", "trainer_state.json", "optimizer.pt")
                  .get(fault.which() % 3);
          Path file = saved.getLast().resolve(name);
          scene.timeLine().add("cuts off " + file + ", kills trainer " + trainer.pid());
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2);
          }
          Processes.signal("KILL", trainer.pid());
          return true;
        }
      }
      Thread.sleep(50);
    }
    return false;
  }

  /**
   * A bit changes in the newest checkpoint of a running training, once a worker has its checksums;
   * the trainer dies.
   */
  boolean sealedCheckpoint(Fault fault) throws IOException, InterruptedException {
    for (int i = 0; i < 60 && !scene.isOver(); i++) {
      for (ProcessHandle trainer : scene.processes(Scene.TRAINER)) {
        String[] words = trainer.info().commandLine().orElse("").split(" ", -1);
        int at = List.of(words).indexOf("--output");
        Path output = at < 0 ? null : Path.of(words[at + 1]);
        if (output != null
            && !checkpoints(output).isEmpty()
            && flipAndKill(trainer, output, fault)) {
          return true;
        }
      }
      Thread.sleep(50);
    }
    return false;
  }

  private boolean flipAndKill(ProcessHandle trainer, Path output, Fault fault)
      throws IOException, InterruptedException {
    // It saves nothing newer meanwhile.
    Processes.signal("STOP", trainer.pid());
    List<Path> saved = checkpoints(output);
    String step = saved.isEmpty() ? "none" : saved.getLast().getFileName().toString().substring(5);
    Path seal = output.resolveSibling("seals").resolve(step);
    for (int i = 0; i < 60 && !Files.exists(seal) && !scene.isOver(); i++) {
      Thread.sleep(50);
    }
    boolean sealed = Files.exists(seal);
    if (sealed) {
      String name = List.of("model.safetensors", "optimizer.pt").get(fault.which() % 2);
      change(saved.getLast().resolve(name), fault);
    }
    Processes.signal(sealed ? "KILL" : "CONT", trainer.pid());
    return sealed;
  }

  private static List<Path> checkpoints(Path output) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> entries = Files.list(output)) {
      entries
          .filter(entry -> entry.getFileName().toString().startsWith("step-"))
          .filter(entry -> Files.exists(entry.resolve("DONE")))
          .forEach(found::add);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    found.sort(
        Comparator.comparingLong(
            folder -> Long.parseLong(folder.getFileName().toString().substring(5))));
    return found;
  }

  private void change(Path file, Fault fault) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long size = channel.size();
      long at = size / 2 + fault.which() % Math.max(1, size / 2);
      if (fault.kind() == FaultKind.CUT_ARTIFACT) {
        scene.timeLine().add("cuts off " + file + " at byte " + at);
        channel.truncate(Math.max(0, at - 1));
        return;
      }
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, at);
      one.put(0, (byte) (one.get(0) ^ 1)).flip();
      scene.timeLine().add("flips a bit of byte " + at + " of " + file);
      channel.write(one, at);
    }
  }
}
