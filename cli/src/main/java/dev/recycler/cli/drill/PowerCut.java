package dev.recycler.cli.drill;

import dev.recycler.activities.drill.FaultPoint;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The power fails: every process ends at the same moment, and files that were written within the
 * last half minute and not put on disk are empty afterwards, as journalling file systems leave
 * them. What the kernel has written back by itself is older. The server's database is left alone.
 */
final class PowerCut {
  private static final Duration WRITTEN_BACK = Duration.ofSeconds(30);

  private final Scene scene;

  PowerCut(Scene scene) {
    this.scene = scene;
  }

  boolean perform() throws IOException, InterruptedException {
    scene.workers().hold(true);
    try {
      scene.timeLine().add("the power fails");
      killAll();
      int lost = loseUnsynced();
      scene.timeLine().add("%d files were not on disk and are empty now".formatted(lost));
    } finally {
      scene.workers().hold(false);
    }
    return true;
  }

  private void killAll() throws IOException, InterruptedException {
    List<ProcessHandle> all = new ArrayList<>(scene.workers().all());
    all.addAll(tools());
    if (scene.server().isOwn()) {
      all.addAll(scene.server().process());
      all.addAll(scene.server().database());
      scene.server().wasKilled();
    }
    for (Journals.Tool tool : scene.journals().tools()) {
      tool.grandchildren().forEach(pid -> ProcessHandle.of(pid).ifPresent(all::add));
    }
    // Nobody sees another die: all of them stand still first.
    for (ProcessHandle process : all) {
      Processes.signal("STOP", process.pid());
    }
    // Somebody may have been started before its parent stood still.
    all.addAll(tools());
    for (ProcessHandle process : all) {
      Processes.signal("KILL", process.pid());
    }
    for (ProcessHandle process : all) {
      while (process.isAlive() && !Processes.isZombie(process.pid())) {
        Thread.sleep(10);
      }
    }
  }

  private List<ProcessHandle> tools() {
    return Stream.of(scene.supervisors(), scene.trainers(), scene.harnesses())
        .flatMap(List::stream)
        .toList();
  }

  private int loseUnsynced() throws IOException {
    Set<String> synced = new HashSet<>();
    try (Stream<Path> ledgers = Files.list(scene.folder().drill().resolve("synced"))) {
      for (Path ledger : ledgers.toList()) {
        synced.addAll(Files.readAllLines(ledger));
      }
    }
    int lost = 0;
    for (Path root : List.of(scene.folder().store(), scene.folder().devices(0).getParent())) {
      for (Path file : files(root)) {
        boolean young =
            Files.getLastModifiedTime(file).toInstant().isAfter(Instant.now().minus(WRITTEN_BACK));
        if (young
            && Files.size(file) > 0
            && !synced.contains(FaultPoint.identity(file))
            && lose(file)) {
          scene.timeLine().add("lost " + file);
          lost++;
        }
      }
    }
    return lost;
  }

  /** Not where nothing can be written just now: making a file system so put all of it on disk. */
  private static boolean lose(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(0);
      return true;
    } catch (FileSystemException e) {
      if ("Read-only file system".equals(e.getReason())) {
        return false;
      }
      throw e;
    }
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> tree = Files.walk(root)) {
      return tree.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }
}
