package dev.recycler.cli.drill;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a drill does to the system. */
enum FaultKind {
  KILL_WORKER(Group.WORKER, Ends.NOTHING),
  TERM_WORKER(Group.WORKER, Ends.NOTHING),
  /** Stopped for longer than a worker may be silent, so that another believes it owns the step. */
  STOP_WORKER(Group.WORKER, Ends.NOTHING),

  /** Everything of one host, for longer than its leases last; then it wakes up again. */
  STOP_HOST(Group.WORKER, Ends.EVERYTHING),
  /** A worker, at the moment when the series goes on in a new run of its workflow. */
  KILL_WORKER_AT_NEW_RUN(Group.WORKER, Ends.NOTHING),
  /** A worker, while what a person has asked for is on its way. */
  KILL_WORKER_IN_REQUEST(Group.WORKER, Ends.NOTHING),

  KILL_SUPERVISOR(Group.TOOLS, Ends.ONE_TOOL),
  TERM_SUPERVISOR(Group.TOOLS, Ends.ONE_TOOL),
  STOP_SUPERVISOR(Group.TOOLS, Ends.NOTHING),
  KILL_TRAINER(Group.TOOLS, Ends.ONE_TRAINER),
  TERM_TRAINER(Group.TOOLS, Ends.ONE_TRAINER),
  STOP_TRAINER(Group.TOOLS, Ends.NOTHING),
  /** The trainer and its supervisor at the same moment. */
  KILL_BOTH(Group.TOOLS, Ends.ONE_TOOL),
  KILL_GRANDCHILD(Group.TOOLS, Ends.NOTHING),
  KILL_HARNESS(Group.TOOLS, Ends.ONE_HARNESS),

  KILL_SERVER(Group.SERVER, Ends.NOTHING),
  STOP_SERVER(Group.SERVER, Ends.NOTHING),
  KILL_SERVER_IN_REQUEST(Group.SERVER, Ends.NOTHING),
  /** Where it is a process of its own. */
  KILL_DATABASE(Group.SERVER, Ends.NOTHING),
  STOP_DATABASE(Group.SERVER, Ends.NOTHING),

  CUT_NETWORK(Group.NETWORK, Ends.NOTHING),
  SLOW_NETWORK(Group.NETWORK, Ends.NOTHING),

  /** Every process at once, and what was not put on disk is lost. */
  POWER_CUT(Group.POWER, Ends.EVERYTHING),

  FLIP_ARTIFACT(Group.DAMAGE, Ends.EVERYTHING),
  CUT_ARTIFACT(Group.DAMAGE, Ends.EVERYTHING),
  /** A checkpoint is cut off, and its trainer killed. */
  CUT_CHECKPOINT(Group.DAMAGE, Ends.ONE_TRAINER),
  /** One of its bits changes, and nothing of its form. */
  FLIP_CHECKPOINT(Group.DAMAGE, Ends.ONE_TRAINER),

  /** No room is left where the store is. */
  FULL_DISK(Group.DISK, Ends.EVERYTHING),
  /** The store's file system allows no writing. */
  READ_ONLY(Group.DISK, Ends.EVERYTHING),

  HUB_CUT(Group.HUB, Ends.NOTHING),
  HUB_STALL(Group.HUB, Ends.NOTHING),
  /** Other bytes than were listed. */
  HUB_LIE(Group.HUB, Ends.NOTHING),
  /** Another digest than the bytes have. */
  HUB_MISLIST(Group.HUB, Ends.NOTHING),

  TRAINER_SLOW(Group.MISBEHAVIOUR, Ends.NOTHING),
  TRAINER_SILENT(Group.MISBEHAVIOUR, Ends.ONE_TRAINER),
  TRAINER_CRASH(Group.MISBEHAVIOUR, Ends.ONE_TRAINER),
  /** A checkpoint that is marked as whole and is not, and no trainer any more. */
  TRAINER_TORN(Group.MISBEHAVIOUR, Ends.ONE_TRAINER),
  TRAINER_NOTHING(Group.MISBEHAVIOUR, Ends.ONE_TRAINER),
  TRAINER_FORK(Group.MISBEHAVIOUR, Ends.NOTHING),
  TRAINER_DEAF(Group.MISBEHAVIOUR, Ends.NOTHING),
  HARNESS_CRASH(Group.MISBEHAVIOUR, Ends.ONE_HARNESS),
  HARNESS_NOTHING(Group.MISBEHAVIOUR, Ends.ONE_HARNESS),
  HARNESS_SILENT(Group.MISBEHAVIOUR, Ends.ONE_HARNESS),

  CANCEL(Group.USER, Ends.EVERYTHING),
  PAUSE(Group.USER, Ends.NOTHING),
  ADD_RELEASE(Group.USER, Ends.NOTHING),
  START_AGAIN(Group.USER, Ends.NOTHING),
  RESUME(Group.USER, Ends.NOTHING),
  GC(Group.USER, Ends.NOTHING),

  /** The process ends at a named dangerous place. */
  HALT_AT(Group.POINTS, Ends.ONE_TOOL),
  /** The process stands still at a named dangerous place for longer than it may be silent. */
  PAUSE_AT(Group.POINTS, Ends.NOTHING);

  /** Kinds that are asked for together. */
  enum Group {
    WORKER,
    TOOLS,
    SERVER,
    NETWORK,
    POWER,
    DAMAGE,
    DISK,
    HUB,
    MISBEHAVIOUR,
    USER,
    POINTS
  }

  /** Which trainers and harnesses have to be started again after it, at most. */
  enum Ends {
    NOTHING,
    ONE_TRAINER,
    ONE_HARNESS,
    ONE_TOOL,
    EVERYTHING;

    boolean trainers() {
      return this == ONE_TRAINER || this == ONE_TOOL || this == EVERYTHING;
    }

    boolean harnesses() {
      return this == ONE_HARNESS || this == ONE_TOOL || this == EVERYTHING;
    }
  }

  /** Somebody takes over what another has left. */
  static final String TAKE_OVER = "attempt.lost";

  /** The places that halt or hold a process: all runs reach these, if with the drill's help. */
  static final List<String> POINTS =
      List.of(
          "attempt.claimed",
          "attempt.before-supervisor",
          "supervisor.begun",
          "supervisor.tool-started",
          "supervisor.before-exit",
          "staging.claimed",
          "publish.before-rename",
          "publish.after-rename",
          "step.published",
          "step.before-link",
          TAKE_OVER,
          "gc.before-trash",
          "gc.trashed");

  private final Group group;
  private final Ends ends;

  FaultKind(Group group, Ends ends) {
    this.group = group;
    this.ends = ends;
  }

  Group group() {
    return group;
  }

  Ends ends() {
    return ends;
  }

  boolean isOfDatabase() {
    return this == KILL_DATABASE || this == STOP_DATABASE;
  }

  /** Whether a checkpoint that somebody wants to keep may not be whole any more. */
  boolean damagesCheckpoints() {
    return this == CUT_CHECKPOINT || this == FLIP_CHECKPOINT || this == TRAINER_TORN;
  }

  /** As it is written in {@code --faults}. */
  String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The kinds of a name: of one kind, of a group, or {@code all}; none where there is no such. */
  static List<FaultKind> named(String name) {
    String wanted = name.strip().toLowerCase(Locale.ROOT);
    if (wanted.equals("all")) {
      return List.of(values());
    }
    Optional<Group> group =
        Arrays.stream(Group.values())
            .filter(g -> g.name().toLowerCase(Locale.ROOT).equals(wanted))
            .findFirst();
    return Arrays.stream(values())
        .filter(kind -> kind.key().equals(wanted) || Optional.of(kind.group).equals(group))
        .toList();
  }
}
