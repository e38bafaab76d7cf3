package dev.recycler.cli.drill.soak;

import java.util.Locale;

/** What a soak measures, and what of it has to hold. */
public enum Figure {
  FED("releases that were published"),
  DONE("releases that are trained and scored"),
  /** Resident memory, the whole heap in it; pages of files that it shares with others, too. */
  WORKER_RSS("worker: resident memory, MiB"),
  WORKER_ANON("worker: memory of its own, MiB"),
  /** After a full collection. The state of a series is kept whole as long as it stands. */
  WORKER_HEAP("worker: live heap beyond 64 KiB a release, MiB"),
  WORKER_FILES("worker: open files"),
  WORKER_THREADS("worker: threads"),
  /** Its caches fill, and are its own affair. */
  SERVER_ANON("server: memory of its own, MiB"),
  SERVER_FILES("server: open files"),
  SERVER_THREADS("server: threads"),
  PROCESSES("processes of the series"),
  HISTORY_EVENTS("history of the current run, events"),
  HISTORY_MIB("history of the current run, MiB"),
  STATUS("a look at the series, ms"),
  STORE_KIB("store, KiB"),
  STORE_FILES("store, files"),
  UNFINISHED("unfinished work in the store, folders"),
  DATABASE_KIB("the server's database, KiB");

  private final String title;

  Figure(String title) {
    this.title = title;
  }

  /** For people, with its unit. */
  public String title() {
    return bound() instanceof Bound.PerRelease ? title + " a release" : title;
  }

  /** As the CSV's column has it. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  Bound bound() {
    return switch (this) {
      case FED, DONE -> Bound.NONE;
      case WORKER_RSS, WORKER_ANON -> Bound.level(0.05, 20);
      case WORKER_HEAP -> Bound.beyond(1.0 / 16, 0.15, 8);
      case WORKER_FILES, WORKER_THREADS -> Bound.level(0.05, 6);
      case SERVER_ANON -> Bound.level(0.5, 60);
      case SERVER_FILES, SERVER_THREADS -> Bound.level(0.1, 10);
      case PROCESSES -> Bound.level(0.25, 6);
      case HISTORY_EVENTS -> Bound.atMost(10_240);
      case HISTORY_MIB -> Bound.atMost(10);
      case STATUS -> Bound.perRelease(0.5, 0.2);
      case STORE_KIB, STORE_FILES -> Bound.perRelease(0.1, 0);
      case UNFINISHED -> Bound.level(0.25, 8);
      case DATABASE_KIB -> Bound.perRelease(0.5, 10);
    };
  }
}
