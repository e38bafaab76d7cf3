package dev.recycler.activities.process;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Which devices of this host are in use, and by whom: a record file a device, in a folder that all
 * workers of this host and user share. A device that a killed worker's tool still uses is therefore
 * not handed out again, and two workers never hand out one device.
 *
 * <p>A record is a worker's from the claim until its supervisor has begun, and the supervisor's
 * from then on. It counts no more when its holder is provably gone and nothing of the tool is left.
 */
final class HostDevices {
  /** File locks keep processes apart, not the threads of one. */
  private static final ReentrantLock WITHIN_PROCESS = new ReentrantLock();

  /** For holders in another container of this host, whose processes cannot be seen. */
  private static final Duration UNSEEN = Supervision.LEASE_PERIOD.multipliedBy(10);

  private static final String LOCK = "lock";
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(20);

  private final Path folder;
  private final Map<String, LeaseWatch> unseen = new HashMap<>();

  HostDevices(Path folder) {
    this.folder = folder.toAbsolutePath();
  }

  /**
   * Devices promised to one attempt.
   *
   * @param records folder of the records
   * @param token names this promise
   * @param devices keys of the devices
   */
  record Promise(Path records, String token, List<String> devices) {
    Promise {
      Objects.requireNonNull(records, "records");
      Objects.requireNonNull(token, "token");
      devices = List.copyOf(devices);
    }
  }

  private record Holder(String token, ProcessIdentity process, String attempt, String mark) {}

  /** Those of the devices that somebody else uses now. */
  List<String> inUse(Collection<String> devices) throws IOException {
    return locked(
        () -> {
          List<String> used = new ArrayList<>();
          for (String device : devices) {
            if (!isFree(device)) {
              used.add(device);
            }
          }
          return used;
        });
  }

  /** Records devices as this process's; false, and nothing recorded, where one is in use. */
  boolean claim(Promise promise) throws IOException {
    return locked(
        () -> {
          for (String device : promise.devices()) {
            if (!isFree(device)) {
              return false;
            }
          }
          for (String device : promise.devices()) {
            write(device, new Holder(promise.token(), ProcessIdentity.current(), null, null));
          }
          return true;
        });
  }

  /**
   * Makes this process, a supervisor, the holder of what its worker has claimed; also where the
   * claim was tidied away, for its worker is dead, and nobody else has claimed since.
   *
   * @return false where the claim is another's by now
   */
  boolean takeOver(Promise promise, AttemptFolder attempt) throws IOException {
    return locked(
        () -> {
          for (String device : promise.devices()) {
            if (read(device).filter(now -> !now.token().equals(promise.token())).isPresent()) {
              return false;
            }
          }
          for (String device : promise.devices()) {
            write(
                device,
                new Holder(
                    promise.token(),
                    ProcessIdentity.current(),
                    attempt.path().toString(),
                    attempt.token()));
          }
          return true;
        });
  }

  /** Gives back what this process holds of a promise, and what nobody holds any more. */
  void giveBack(Promise promise) throws IOException {
    locked(
        () -> {
          for (String device : promise.devices()) {
            Optional<Holder> holder =
                read(device).filter(now -> now.token().equals(promise.token()));
            if (holder.isPresent()
                && (holder.get().process().equals(ProcessIdentity.current()) || isFree(device))) {
              Files.deleteIfExists(file(device));
            }
          }
          return null;
        });
  }

  /**
   * Removes what processes of this machine that are gone have left, records half written among it.
   *
   * @throws IOException where the records stay locked, or one of them cannot be read; the others
   *     are looked at nevertheless
   */
  void tidy() throws IOException {
    locked(
        HostDevices::soon,
        () -> {
          List<Exception> problems = new ArrayList<>();
          for (Path file : records()) {
            try {
              // Whoever writes has the lock, and now it is here.
              if (RecordFile.isUnfinished(file) || isLeftBehind(device(file))) {
                Files.deleteIfExists(file);
              }
            } catch (IOException | IllegalArgumentException e) {
              problems.add(e);
            }
          }
          if (!problems.isEmpty()) {
            throw new IOException("not every file is a record of a device", problems.getFirst());
          }
          return null;
        });
  }

  /** Another machine may share the folder, and even the name; what it has is not known here. */
  private boolean isLeftBehind(String device) throws IOException {
    Optional<Holder> found = read(device);
    if (found.isEmpty()) {
      return false;
    }
    ProcessIdentity process = found.get().process();
    return (process.isHere() || process.isOfThisBootElsewhere()) && isFree(device, found.get());
  }

  private List<Path> records() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !file.getFileName().toString().equals(LOCK)).toList();
    }
  }

  private boolean isFree(String device) throws IOException {
    Optional<Holder> found = read(device);
    return found.isEmpty() || isFree(device, found.get());
  }

  private boolean isFree(String device, Holder holder) throws IOException {
    if (holder.process().isAlive()) {
      return false;
    }
    if (holder.process().isOfThisBootElsewhere()) {
      return isSilent(device, holder);
    }
    if (holder.attempt() == null || !holder.process().isHere()) {
      return true;
    }
    // Its supervisor was killed. What is left of the tool has nobody to answer to.
    ProcessTree tree = new ProcessTree(toolOf(holder), holder.mark());
    if (tree.members().isEmpty()) {
      return true;
    }
    tree.signal(Posix.SIGKILL);
    return false;
  }

  private boolean isSilent(String device, Holder holder) throws IOException {
    Path sign =
        holder.attempt() == null ? file(device) : Path.of(holder.attempt()).resolve("lease");
    return unseen
        .computeIfAbsent(device + " " + holder, _ -> new LeaseWatch(sign, UNSEEN))
        .isDead();
  }

  private static ProcessIdentity toolOf(Holder holder) throws IOException {
    return AttemptFolder.of(Path.of(holder.attempt())).identity("tool").orElse(null);
  }

  private Path file(String device) {
    return folder.resolve(URLEncoder.encode(device, StandardCharsets.UTF_8));
  }

  private static String device(Path file) {
    return URLDecoder.decode(file.getFileName().toString(), StandardCharsets.UTF_8);
  }

  private Optional<Holder> read(String device) throws IOException {
    return RecordFile.read(file(device))
        .flatMap(
            values ->
                Identities.get(values, "holder")
                    .map(
                        process ->
                            new Holder(
                                values.getOrDefault("token", ""),
                                process,
                                values.get("attempt"),
                                values.getOrDefault("mark", ""))));
  }

  private void write(String device, Holder holder) throws IOException {
    Map<String, String> values = new TreeMap<>(Map.of("token", holder.token()));
    Identities.put(values, "holder", holder.process());
    if (holder.attempt() != null) {
      values.put("attempt", holder.attempt());
      values.put("mark", holder.mark());
    }
    RecordFile.write(file(device), values);
  }

  /** How the records' lock is taken. */
  private interface Taking {
    FileLock lock(FileChannel channel) throws IOException;
  }

  /** As soon as nobody else has it; not at all where that takes long. */
  private static FileLock soon(FileChannel channel) throws IOException {
    long end = System.nanoTime() + SOON.toNanos();
    FileLock lock = channel.tryLock();
    while (lock == null) {
      if (System.nanoTime() >= end) {
        throw new IOException("the lock of the records is not given back");
      }
      LockSupport.parkNanos(POLL.toNanos());
      lock = channel.tryLock();
    }
    return lock;
  }

  private interface Work<T> {
    T run() throws IOException;
  }

  private <T> T locked(Work<T> work) throws IOException {
    return locked(FileChannel::lock, work);
  }

  private <T> T locked(Taking taking, Work<T> work) throws IOException {
    Files.createDirectories(folder);
    WITHIN_PROCESS.lock();
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = taking.lock(channel)) {
      return work.run();
    } finally {
      WITHIN_PROCESS.unlock();
    }
  }
}
