package dev.recycler.cli.drill;

import dev.recycler.activities.drill.FaultPoint;
import java.io.IOException;
import java.util.List;

/** What people do to a series at bad moments. */
final class Users {
  private static final int PATIENCE = 600;
  private static final int MOST_TRIES = 20;

  private final Scene scene;

  Users(Scene scene) {
    this.scene = scene;
  }

  /** Cancels it, and starts the same file again once it has ended. */
  boolean cancelAndStart() throws IOException, InterruptedException {
    if (ask("cancel", scene.folder().series(), "--yes").code() != 0) {
      return false;
    }
    for (int i = 0; i < PATIENCE && scene.series().ended().isEmpty(); i++) {
      Thread.sleep(100);
    }
    scene.restart().run();
    return true;
  }

  boolean startAgain() throws IOException, InterruptedException {
    return ask("start", scene.folder().file().toString()).code() == 0;
  }

  boolean pauseAndResume(int millis) throws IOException, InterruptedException {
    ask("pause", scene.folder().series());
    Thread.sleep(millis);
    return resume();
  }

  boolean resume() throws IOException, InterruptedException {
    ask("resume", scene.folder().series());
    return true;
  }

  /** Adds the last release to the series, and to its file for whoever starts it again. */
  boolean addRelease() throws IOException, InterruptedException {
    int number = scene.shape().releases();
    String name = "M" + number;
    String model = scene.folder().release(number).toString();
    String said = "";
    // The file first: whoever starts the series again meanwhile starts it with the release.
    scene.folder().addRelease(number);
    for (int i = 0; i < MOST_TRIES; i++) {
      Commands.Result result = ask("add-release", scene.folder().series(), name, model);
      said = result.said();
      if (result.code() == 0 || said.contains("has a release " + name + " already")) {
        return true;
      }
      if (said.contains("has ended")) {
        if (scene.series().has(name)) {
          // It was started again from its file, and was over before one could ask.
          return true;
        }
        scene.restart().run();
      }
      Thread.sleep(1000);
    }
    throw new IOException("the release could not be added: " + said);
  }

  boolean gc() throws IOException, InterruptedException {
    return gc(FaultPoint.HOST + "=" + Workers.host("0"));
  }

  /**
   * Collects on a host.
   *
   * @param property of the collecting process, {@code NAME=VALUE}
   */
  boolean gc(String property) throws IOException, InterruptedException {
    return scene
            .commands()
            .run(
                List.of("gc", scene.folder().store().toString(), "--yes", "--keep-days", "0"),
                List.of("-D" + property))
            .code()
        == 0;
  }

  private Commands.Result ask(String... words) throws IOException, InterruptedException {
    return scene.commands().ask(words);
  }
}
