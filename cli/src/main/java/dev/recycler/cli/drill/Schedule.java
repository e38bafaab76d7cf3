package dev.recycler.cli.drill;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The faults of one run, by their moments.
 *
 * @param faults earliest first
 */
record Schedule(List<Fault> faults) {
  private static final int POINTS_WEIGHT = 4;

  Schedule {
    faults = List.copyOf(faults);
  }

  /**
   * A schedule by chance: mostly one fault or two, now and then two at the same moment.
   *
   * @param steps how many steps all trainers of the run will do together
   */
  static Schedule of(RandomGenerator random, List<FaultKind> kinds, Shape shape, long steps) {
    List<FaultKind> choice = new ArrayList<>();
    for (FaultKind kind : kinds) {
      if (shape.tools().can(kind) && fits(kind, shape)) {
        // There are many dangerous places.
        boolean atPoint = kind.group() == FaultKind.Group.POINTS;
        choice.addAll(Collections.nCopies(atPoint ? POINTS_WEIGHT : 1, kind));
      }
    }
    List<Fault> faults = new ArrayList<>();
    if (!choice.isEmpty()) {
      int count = 1 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        Fault fault = fault(random, choice.get(random.nextInt(choice.size())), shape, steps);
        boolean together = i > 0 && random.nextInt(3) == 0;
        faults.add(together ? at(fault, faults.getLast()) : fault);
      }
    }
    boolean adds = faults.stream().anyMatch(fault -> fault.kind() == FaultKind.ADD_RELEASE);
    if (shape.late() && !adds) {
      faults.add(fault(random, FaultKind.ADD_RELEASE, shape, steps));
    }
    faults.sort(Comparator.comparingLong(Fault::atStep).thenComparingInt(Fault::delay));
    return new Schedule(onlyOneRelease(faults));
  }

  private static boolean fits(FaultKind kind, Shape shape) {
    return switch (kind) {
      case ADD_RELEASE -> shape.late();
      case STOP_HOST -> shape.hosts() > 1;
      case KILL_WORKER_AT_NEW_RUN -> shape.mostEvents() > 0;
      case HUB_CUT, HUB_STALL, HUB_LIE, HUB_MISLIST -> shape.hub();
      default -> true;
    };
  }

  private static Fault fault(RandomGenerator random, FaultKind kind, Shape shape, long steps) {
    boolean atPoint = kind.group() == FaultKind.Group.POINTS;
    List<String> points = FaultKind.POINTS;
    int millis =
        switch (kind) {
          // Longer than a worker may be silent, or not.
          case STOP_WORKER, PAUSE_AT -> 1000 + random.nextInt(8000);
          // Longer than leases last.
          case STOP_HOST -> 1000 * Shape.LEASE_SECONDS + random.nextInt(18_000);
          case FULL_DISK, READ_ONLY -> 1000 + random.nextInt(6000);
          case CUT_NETWORK, STOP_SERVER, STOP_DATABASE -> 500 + random.nextInt(7000);
          default -> 300 + random.nextInt(3000);
        };
    long atStep = random.nextLong(Math.max(1, steps * 9 / 10));
    return new Fault(
        kind,
        // Releases are fetched before anything is trained.
        kind.group() == FaultKind.Group.HUB ? 0 : atStep,
        shape.tools().delay(random),
        random.nextInt(1 << 20),
        millis,
        atPoint ? points.get(random.nextInt(points.size())) : "");
  }

  private static Fault at(Fault fault, Fault moment) {
    return new Fault(
        fault.kind(),
        moment.atStep(),
        moment.delay(),
        fault.which(),
        fault.millis(),
        fault.point());
  }

  private static List<Fault> onlyOneRelease(List<Fault> faults) {
    List<Fault> kept = new ArrayList<>();
    for (Fault fault : faults) {
      boolean second =
          fault.kind() == FaultKind.ADD_RELEASE
              && kept.stream().anyMatch(other -> other.kind() == FaultKind.ADD_RELEASE);
      if (!second) {
        kept.add(fault);
      }
    }
    return kept;
  }

  /** For people. */
  String text() {
    return faults.isEmpty()
        ? "no fault"
        : String.join(", ", faults.stream().map(Fault::text).toList());
  }
}
