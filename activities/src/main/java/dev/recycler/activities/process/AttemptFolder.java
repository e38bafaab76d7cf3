package dev.recycler.activities.process;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of one attempt of a run.
 *
 * <pre>
 * attempt-N/claim            who made the folder: host, process, token
 * attempt-N/command          what is run, secrets by name only
 * attempt-N/supervisor       identity of the supervisor
 * attempt-N/tool             identity of the tool's first process
 * attempt-N/lease            changes as long as the supervisor lives
 * attempt-N/attended         changes as long as a worker attends to it
 * attempt-N/stop             asks the supervisor to end the tool
 * attempt-N/exit             how it ended
 * attempt-N/lost             somebody has seen its supervisor dead without an exit
 * attempt-N/unjudged         becomes "rejected" when somebody has seen that it failed
 * attempt-N/reserve          room for "exit" on a disk that the tool has filled
 * attempt-N/supervisor.log   what the supervisor has to say
 * attempt-N/log              what the tool says
 * attempt-N/output/          what the tool makes
 * </pre>
 *
 * <p>Making the folder of attempt N + 1 fences attempt N.
 */
record AttemptFolder(Path path, int number) {
  private static final String PREFIX = "attempt-";
  private static final Pattern NAME = Pattern.compile(PREFIX + "([1-9][0-9]{0,8})");

  static AttemptFolder of(Path path) {
    Matcher name = NAME.matcher(path.getFileName().toString());
    if (!name.matches()) {
      throw new IllegalArgumentException("not the folder of an attempt: " + path);
    }
    return new AttemptFolder(path, Integer.parseInt(name.group(1)));
  }

  /** The attempts of a run, oldest first. */
  static List<AttemptFolder> all(Path run) throws IOException {
    List<AttemptFolder> found = new ArrayList<>();
    try (Stream<Path> entries = Files.list(run)) {
      entries
          .filter(entry -> NAME.matcher(entry.getFileName().toString()).matches())
          .forEach(entry -> found.add(of(entry)));
    }
    found.sort(Comparator.comparingInt(AttemptFolder::number));
    return found;
  }

  /** Makes the folder of an attempt; empty where another was first. */
  static Optional<AttemptFolder> claim(Path run, int number) throws IOException {
    Path path = run.resolve(PREFIX + number);
    try {
      Files.createDirectory(path);
    } catch (FileAlreadyExistsException e) {
      return Optional.empty();
    }
    Files.createDirectory(path.resolve("output"));
    return Optional.of(new AttemptFolder(path, number));
  }

  boolean isFenced() {
    return Files.exists(path.resolveSibling(PREFIX + (number + 1)));
  }

  Path file(String name) {
    return path.resolve(name);
  }

  Path output() {
    return file("output");
  }

  Path log() {
    return file("log");
  }

  /** The supervisor's or the tool's, each in a file of its own. */
  Optional<ProcessIdentity> identity(String name) throws IOException {
    return identity(name, name);
  }

  Optional<ProcessIdentity> identity(String file, String name) throws IOException {
    return RecordFile.read(file(file)).flatMap(values -> Identities.get(values, name));
  }

  String token() throws IOException {
    return RecordFile.read(file("claim")).map(values -> values.get("token")).orElse("unknown");
  }

  /** Records that nobody goes on with it; once, whichever thread of this process finds it first. */
  void recordLost() throws IOException {
    synchronized (AttemptFolder.class) {
      if (!Files.exists(file("lost"))) {
        RecordFile.write(file("lost"), Map.of());
      }
    }
  }

  Optional<ToolExit> exit() throws IOException {
    return ToolExit.read(file("exit"));
  }

  /** The processes of the tool, as far as this host can know them. */
  ProcessTree tree() throws IOException {
    return new ProcessTree(identity("tool").orElse(null), token());
  }

  /** Ends what runs of it on this host, where no supervisor does that any more. */
  void endWhatIsLeft() throws IOException, InterruptedException {
    Optional<ProcessIdentity> supervisor = identity("supervisor");
    // The supervisor first: a stopped one must not wake up beside its successor.
    if (supervisor.isPresent() && supervisor.get().isAlive()) {
      Posix.signal(supervisor.get().pid(), Posix.SIGKILL);
    }
    List<Long> left = tree().kill();
    if (!left.isEmpty()) {
      throw new IOException(
          "processes " + left + " of " + path + " cannot be ended; they hang in the kernel");
    }
  }
}
