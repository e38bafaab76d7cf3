package dev.recycler.cli.it;

import dev.recycler.cli.Sessions;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.console.Progress;
import dev.recycler.cli.python.PythonEnvironment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The project's Python environment, installed first where it is not there yet. */
final class LockedPython {
  private static final PackagedCli CLI = new PackagedCli();

  private final Path python;

  private LockedPython(Path python) {
    this.python = python;
  }

  static LockedPython ensure() throws InterruptedException {
    Places user = Places.ofProcess();
    Path dist = Path.of(System.getProperty("recycler.dist"));
    var places = new Places(user.variables(), user.user(), user.work(), dist, user.mac());
    var quiet = new Sessions(PackagedCli.WORK, Map.of()).session();
    try (var progress = new Progress(quiet)) {
      return new LockedPython(new PythonEnvironment(places).ensure(progress).python());
    }
  }

  /** A program that is installed beside the interpreter. */
  Path program(String name) {
    return python.resolveSibling(name);
  }

  /** Runs a script of the distribution. */
  PackagedCli.Result script(String name, List<String> arguments) throws InterruptedException {
    return run(Path.of(System.getProperty("recycler.dist"), "deploy", "python", name), arguments);
  }

  PackagedCli.Result run(Path script, List<String> arguments) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of(python.toString(), script.toString()));
    command.addAll(arguments);
    return CLI.start(command).join();
  }
}
