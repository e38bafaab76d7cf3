package dev.recycler.activities.process;

import dev.recycler.activities.drill.FaultPoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Everything that a tool started: the members of its session, whatever group or parent they have,
 * and on Linux also those that left the session (launchers of distributed training do) but carry
 * the attempt's token in their environment.
 */
final class ProcessTree {
  /** Environment variable that marks every process of an attempt. */
  static final String TOKEN = "RECYCLER_ATTEMPT";

  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration LIMIT_OF_KILL = Duration.ofSeconds(30);

  private final ProcessIdentity leader;
  private final String mark;

  /**
   * The tree of one attempt.
   *
   * @param leader the tool's first process, which leads the session; null where it is not known
   * @param token the attempt's token
   */
  ProcessTree(ProcessIdentity leader, String token) {
    this.leader = leader;
    this.mark = "\0" + TOKEN + "=" + value(token) + "\0";
  }

  /**
   * What the variable holds: nothing of another host's is seen here, also where a drill plays it.
   */
  static String value(String token) {
    return token + FaultPoint.host().map(host -> "@" + host).orElse("");
  }

  /** Ids of the living members. */
  List<Long> members() {
    boolean sessionIsOurs = sessionIsOurs();
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> pid != ProcessHandle.current().pid())
        .filter(pid -> (sessionIsOurs && Posix.session(pid) == leader.pid()) || isMarked(pid))
        .filter(pid -> ProcessIdentity.of(pid).isPresent())
        .toList();
  }

  /**
   * The session keeps its number as long as it has a member, so the number is another's only where
   * a living process of another start leads it.
   */
  private boolean sessionIsOurs() {
    return leader != null
        && leader.isHere()
        && ProcessIdentity.of(leader.pid()).filter(now -> !now.equals(leader)).isEmpty();
  }

  private boolean isMarked(long pid) {
    try {
      byte[] environment = Files.readAllBytes(Path.of("/proc/" + pid + "/environ"));
      return ("\0" + new String(environment, StandardCharsets.ISO_8859_1)).contains(mark);
    } catch (IOException e) {
      // Another user's process, one that has just ended, or a system without /proc.
      return false;
    }
  }

  void signal(int signal) {
    for (long pid : members()) {
      Posix.signal(pid, signal);
    }
  }

  /**
   * Ends every member at once and sees to it that none is left.
   *
   * @return the ids that would not go, hanging in the kernel; normally empty
   */
  List<Long> kill() throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT_OF_KILL.toNanos();
    List<Long> left = members();
    while (!left.isEmpty() && System.nanoTime() < deadline) {
      left.forEach(pid -> Posix.signal(pid, Posix.SIGKILL));
      Thread.sleep(POLL);
      left = members();
    }
    return left;
  }
}
