package dev.recycler.activities.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * One process of one boot of one machine. Process ids are used again; together with the start time
 * they are not.
 *
 * @param pid process id
 * @param start when it started, in the system's own finest count, comparable for equality only
 * @param place the boot and the process namespace in which the id means something
 */
public record ProcessIdentity(long pid, String start, String place) {
  private static final Path PROC = Path.of("/proc");
  private static final boolean LINUX = Files.exists(PROC.resolve("self/stat"));
  private static final int STATE = 0;
  private static final int START = 19;

  public ProcessIdentity {
    Objects.requireNonNull(start, "start");
    Objects.requireNonNull(place, "place");
  }

  /** This process. */
  public static ProcessIdentity current() {
    return of(ProcessHandle.current().pid()).orElseThrow();
  }

  /** The living process of this host that has this id now. */
  public static Optional<ProcessIdentity> of(long pid) {
    return startOf(pid).map(start -> new ProcessIdentity(pid, start, Place.here()));
  }

  /** Whether its id means something here: same boot, same process namespace. */
  boolean isHere() {
    return place.equals(Place.here());
  }

  /** Whether it is of this boot, but of another process namespace: a container of this host. */
  boolean isOfThisBootElsewhere() {
    return !isHere() && Place.boot(place).equals(Place.boot(Place.here()));
  }

  /** Whether exactly this process lives on this host; a zombie does not. */
  public boolean isAlive() {
    return isHere() && startOf(pid).filter(start::equals).isPresent();
  }

  private static Optional<String> startOf(long pid) {
    if (!LINUX) {
      return ProcessHandle.of(pid)
          .filter(ProcessHandle::isAlive)
          .map(process -> process.info().startInstant().map(Object::toString).orElse("unknown"));
    }
    try {
      String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
      // The name before the last parenthesis may hold anything, blanks and parentheses too.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", START + 2);
      boolean gone = fields[STATE].equals("Z") || fields[STATE].equals("X");
      return gone ? Optional.empty() : Optional.of(fields[START]);
    } catch (IOException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }
}
