package dev.recycler.cli.python;

import dev.recycler.activities.store.Folders;
import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.LockFile;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.console.Progress;
import dev.recycler.cli.console.Subprocess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the locked environment: a bootstrap environment with uv, and with it the tools, every file
 * held to the hash in the lock file. An install that was cut short is started afresh; what it
 * downloaded is in uv's cache.
 */
final class Installer {
  /** What the tools take on Linux is 5.1 GiB. */
  private static final long NEEDED_BYTES = 6L << 30;

  private final Places places;
  private final BasePython base;
  private final LockedFolder folder;
  private final Progress progress;

  Installer(Places places, BasePython base, LockedFolder folder, Progress progress) {
    this.places = places;
    this.base = base;
    this.folder = folder;
    this.progress = progress;
  }

  void install() throws InterruptedException {
    try {
      Files.createDirectories(folder.root());
      try (LockFile _ = lock()) {
        if (!folder.isComplete()) {
          checkSpace();
          Files.deleteIfExists(folder.log());
          bootstrap();
          tools();
          Files.writeString(folder.complete(), Instant.now() + "\n");
        }
      }
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.ENVIRONMENT,
          "the Python tools can't be installed into " + folder.root() + ": " + e.getMessage(),
          e);
    }
  }

  private LockFile lock() throws IOException, InterruptedException {
    Path path = folder.root().resolve("lock");
    Optional<LockFile> lock = LockFile.tryTake(path);
    if (lock.isPresent()) {
      return lock.get();
    }
    progress.begin("Waiting for another recycler that is installing the Python tools");
    while (lock.isEmpty()) {
      progress.detail("");
      Thread.sleep(500);
      lock = LockFile.tryTake(path);
    }
    progress.done("");
    return lock.get();
  }

  private void checkSpace() throws IOException {
    long free = Files.getFileStore(folder.root()).getUsableSpace();
    if (free < NEEDED_BYTES) {
      throw new CommandFailed(
          ExitCode.ENVIRONMENT,
          String.format(
              "the Python tools need 6 GiB in %s, where %.1f GiB are free. Make space, or set"
                  + " XDG_CACHE_HOME to a folder on another disk.",
              places.cache(), free / (double) (1L << 30)));
    }
  }

  private void bootstrap() throws IOException, InterruptedException {
    progress.begin("Preparing Python " + base.version());
    Folders.delete(folder.bootstrap());
    String executable = base.executable().toString();
    run(List.of(executable, "-I", "-m", "venv", folder.bootstrap().toString()), "");
    run(
        List.of(
            folder.bootstrap().resolve("bin/python").toString(),
            "-I",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
            "--only-binary=:all:",
            "--require-hashes",
            "-r",
            places.scripts().resolve(LockedFolder.BOOTSTRAP).toString()),
        "installing uv");
    progress.done(base.executable().toString());
  }

  private void tools() throws IOException, InterruptedException {
    progress.begin("Installing the Python tools (about 5 GiB)");
    Folders.delete(folder.tools());
    String uv = folder.bootstrap().resolve("bin/uv").toString();
    String target = folder.tools().toString();
    run(List.of(uv, "venv", "--quiet", "--python", base.executable().toString(), target), "");
    UvOutput output = new UvOutput();
    run(
        List.of(
            uv,
            "pip",
            "sync",
            "--python",
            target,
            "--require-hashes",
            places.scripts().resolve(LockedFolder.REQUIREMENTS).toString()),
        output);
    progress.done(output.summary() + " in " + places.show(folder.tools()));
  }

  private void run(List<String> command, String doing) throws IOException, InterruptedException {
    run(
        command,
        new UvOutput() {
          @Override
          String doing() {
            return doing;
          }
        });
  }

  private void run(List<String> command, UvOutput output) throws IOException, InterruptedException {
    int status =
        new Subprocess(command)
            .environment(environment())
            .log(folder.log())
            .onLine(
                line -> {
                  output.add(line);
                  progress.detail(output.doing());
                })
            .run();
    if (status != 0) {
      throw new CommandFailed(ExitCode.ENVIRONMENT, InstallFailure.sentence(output, folder.log()));
    }
  }

  /** A mirror that the user has set for pip serves uv too. */
  private Map<String, String> environment() {
    Map<String, String> added = new HashMap<>();
    added.put("VIRTUAL_ENV", "");
    added.put("UV_NO_PROGRESS", "1");
    added.put("PYTHONPATH", "");
    if (places.variable("UV_DEFAULT_INDEX").isEmpty()
        && places.variable("UV_INDEX_URL").isEmpty()) {
      places.variable("PIP_INDEX_URL").ifPresent(url -> added.put("UV_DEFAULT_INDEX", url));
    }
    if (places.variable("UV_HTTP_TIMEOUT").isEmpty()) {
      added.put("UV_HTTP_TIMEOUT", "120");
    }
    return added;
  }
}
