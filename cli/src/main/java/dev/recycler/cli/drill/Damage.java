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
import java.util.Optional;
import java.util.stream.Stream;

/** Damages files as a failing disk does. */
final class Damage {
  private static final int POLL_MILLIS = 50;

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
    return once((trainer, output) -> cutAndKill(trainer, output, fault));
  }

  /**
   * A bit changes in the newest checkpoint of a running training, once a worker has its checksums;
   * the trainer dies.
   */
  boolean sealedCheckpoint(Fault fault) throws IOException, InterruptedException {
    return once((trainer, output) -> flipAndKill(trainer, output, fault));
  }

  private interface Harm {
    /** Harms the newest checkpoint below a trainer's output; whether there was one. */
    boolean done(ProcessHandle trainer, Path output) throws IOException, InterruptedException;
  }

  /** As soon as a trainer has a checkpoint; whether that was in time. */
  private boolean once(Harm harm) throws IOException, InterruptedException {
    for (int i = 0; i < patience() && !scene.isOver(); i++) {
      for (ProcessHandle trainer : scene.trainers()) {
        Optional<Path> output = output(trainer);
        if (output.isPresent()
            && !checkpoints(output.get()).isEmpty()
            && harm.done(trainer, output.get())) {
          return true;
        }
      }
      Thread.sleep(POLL_MILLIS);
    }
    return false;
  }

  private boolean cutAndKill(ProcessHandle trainer, Path output, Fault fault)
      throws IOException, InterruptedException {
    // It saves nothing newer meanwhile, and does not end by itself.
    Processes.signal("STOP", trainer.pid());
    List<Path> saved = checkpoints(output);
    if (saved.isEmpty()) {
      Processes.signal("CONT", trainer.pid());
      return false;
    }
    String name =
        List.of("model.safetensors", "trainer_state.json", "optimizer.pt").get(fault.which() % 3);
    Path file = saved.getLast().resolve(name);
    scene.timeLine().add("cuts off " + file + ", kills trainer " + trainer.pid());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() / 2);
    }
    Processes.signal("KILL", trainer.pid());
    return true;
  }

  private boolean flipAndKill(ProcessHandle trainer, Path output, Fault fault)
      throws IOException, InterruptedException {
    // It saves nothing newer meanwhile.
    Processes.signal("STOP", trainer.pid());
    List<Path> saved = checkpoints(output);
    String step = saved.isEmpty() ? "none" : Long.toString(step(saved.getLast()));
    Path seal = output.resolveSibling("seals").resolve(step);
    for (int i = 0; i < patience() && !Files.exists(seal) && !scene.isOver(); i++) {
      Thread.sleep(POLL_MILLIS);
    }
    boolean sealed = Files.exists(seal);
    if (sealed) {
      String name = List.of("model.safetensors", "optimizer.pt").get(fault.which() % 2);
      change(saved.getLast().resolve(name), fault);
    }
    Processes.signal(sealed ? "KILL" : "CONT", trainer.pid());
    return sealed;
  }

  private Optional<Path> output(ProcessHandle trainer) {
    return Processes.argument(trainer, scene.tools().programs().outputs()).map(Path::of);
  }

  private long patience() {
    return scene.tools().pace().victim().toMillis() / POLL_MILLIS;
  }

  private long step(Path checkpoint) {
    return Long.parseLong(
        checkpoint.getFileName().toString().substring(scene.tools().programs().state().length()));
  }

  private List<Path> checkpoints(Path output) throws IOException {
    Tools.Programs programs = scene.tools().programs();
    List<Path> found = new ArrayList<>();
    try (Stream<Path> entries = Files.list(output)) {
      entries
          .filter(entry -> entry.getFileName().toString().startsWith(programs.state()))
          .filter(entry -> Files.exists(entry.resolve(programs.last())))
          .forEach(found::add);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    found.sort(Comparator.comparingLong(this::step));
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
