package dev.recycler.cli.python;

import dev.recycler.cli.console.CommandFailed;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Places;
import dev.recycler.cli.console.Subprocess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The Python that the locked environment is made from.
 *
 * @param executable the interpreter itself, not a shim
 * @param version e.g. {@code 3.11}
 */
record BasePython(Path executable, String version) {
  /** Versions that the lock file covers. */
  private static final int OLDEST = 10;

  private static final int NEWEST = 13;

  static final String CHOOSE = "RECYCLER_PYTHON_BASE";

  private static final String PROBE =
      """
      import sys
      print("python", sys.version_info[0], sys.version_info[1], sys.executable)
      import venv, ensurepip
      print("complete")
      """;

  /** What is known of one candidate. */
  private record Candidate(Path executable, int major, int minor, boolean complete) {
    boolean fits() {
      return major == 3 && minor >= OLDEST && minor <= NEWEST;
    }

    String version() {
      return major + "." + minor;
    }
  }

  /**
   * Looks for a Python of a fitting version that can make environments.
   *
   * @throws CommandFailed where there is none; says what to install
   */
  static BasePython find(Places places) throws InterruptedException {
    String chosen = places.variable(CHOOSE).orElse(null);
    List<String> names =
        chosen != null
            ? List.of(chosen)
            : List.of("python3", "python3.13", "python3.12", "python3.11", "python3.10");
    List<Candidate> seen = new ArrayList<>();
    for (Path path : candidates(names, places)) {
      Candidate candidate = probe(path);
      if (candidate == null) {
        continue;
      }
      if (candidate.fits() && candidate.complete()) {
        return new BasePython(candidate.executable(), candidate.version());
      }
      seen.add(candidate);
    }
    throw new CommandFailed(ExitCode.ENVIRONMENT, whyNot(seen, chosen));
  }

  private static String whyNot(List<Candidate> seen, String chosen) {
    String remedy =
        String.format(
            "Install Python 3.%d to 3.%d, or set %s to the path of one.", OLDEST, NEWEST, CHOOSE);
    for (Candidate candidate : seen) {
      if (candidate.fits()) {
        return String.format(
            "Python %s at %s lacks the venv module. Install it (Debian, Ubuntu: apt install"
                + " python3-venv), or set %s to another Python.",
            candidate.version(), candidate.executable(), CHOOSE);
      }
    }
    if (!seen.isEmpty()) {
      Candidate first = seen.getFirst();
      return String.format(
          "the tools need Python 3.%d to 3.%d, and %s is %s. %s",
          OLDEST, NEWEST, first.executable(), first.version(), remedy);
    }
    return chosen == null
        ? "the tools need Python, and no python3 was found. " + remedy
        : CHOOSE + " is " + chosen + ", which is not a Python that runs. " + remedy;
  }

  /** What is on the PATH goes before what only lies in a usual place. */
  private static Set<Path> candidates(List<String> names, Places places) {
    List<Path> onPath = new ArrayList<>();
    for (String folder : places.variable("PATH").orElse("").split(":", -1)) {
      onPath.add(places.work().resolve(folder));
    }
    List<Path> usual =
        List.of(Path.of("/usr/bin"), Path.of("/usr/local/bin"), Path.of("/opt/homebrew/bin"));
    Set<Path> found = new LinkedHashSet<>();
    for (List<Path> folders : List.of(onPath, usual)) {
      for (String name : names) {
        if (name.contains("/")) {
          found.add(places.resolve(Path.of(name)));
          continue;
        }
        folders.stream()
            .map(folder -> folder.resolve(name))
            .filter(Files::isExecutable)
            .forEach(found::add);
      }
    }
    return found;
  }

  /** Null where it does not run, as the shim of a version that is not installed. */
  private static Candidate probe(Path path) throws InterruptedException {
    List<String> lines = new ArrayList<>();
    try {
      new Subprocess(List.of(path.toString(), "-I", "-c", PROBE)).onLine(lines::add).run();
    } catch (IOException e) {
      return null;
    }
    for (String line : lines) {
      String[] words = line.split(" ", 4);
      if (words.length == 4 && words[0].equals("python")) {
        return new Candidate(
            Path.of(words[3]),
            Integer.parseInt(words[1]),
            Integer.parseInt(words[2]),
            lines.contains("complete"));
      }
    }
    return null;
  }
}
