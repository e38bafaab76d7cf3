package dev.recycler.activities.hub;

import dev.recycler.activities.safetensors.NoSpaceException;
import dev.recycler.workflows.spec.HubModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches models from a hub into its cache on this machine. What is in the cache is not fetched
 * again, and a commit whose files are all there costs no request.
 */
public final class Hub {
  private static final Logger LOG = LoggerFactory.getLogger(Hub.class);
  private static final long RANGE = 64L << 20;
  private static final Duration LOCK_POLL = Duration.ofMillis(200);

  private final HubSettings settings;
  private final Backoff backoff;
  private final HubHttp.Pause pause;
  private final long range;

  public Hub(HubSettings settings) {
    this(settings, Backoff.USUAL, Thread::sleep, RANGE);
  }

  Hub(HubSettings settings, Backoff backoff, HubHttp.Pause pause, long range) {
    this.settings = settings;
    this.backoff = backoff;
    this.pause = pause;
    this.range = range;
  }

  /**
   * A model that was fetched.
   *
   * @param folder its folder in the cache, {@code …/snapshots/COMMIT}
   * @param commit the commit that its revision was looked up to
   * @param files the files that belong to it, with the hub's digests
   */
  public record Fetched(Path folder, String commit, List<HubFile> files) {
    public Fetched {
      files = List.copyOf(files);
    }
  }

  /**
   * The commit that a revision is now.
   *
   * @throws HubException where the hub does not say
   */
  public String commit(HubModel model) throws IOException, InterruptedException {
    if (settings.offline()) {
      return cache(model).commit(model).orElseThrow(() -> notInCache(model));
    }
    try (HubHttp http = http()) {
      return new HubListing(http).commit(model);
    }
  }

  /**
   * The branches and tags that a repository has now.
   *
   * @throws HubException where the hub does not say
   */
  public List<HubRevision> revisions(HubModel model) throws IOException, InterruptedException {
    if (settings.offline()) {
      throw HubException.user(
          "HF_HUB_OFFLINE forbids to look for new revisions of %s; unset it"
              .formatted(model.repository()));
    }
    try (HubHttp http = http()) {
      return new HubListing(http).revisions(model);
    }
  }

  /**
   * Why a commit holds no whole model, told by the names of its files alone, or nothing.
   *
   * @param model at a commit
   */
  public Optional<String> flaw(HubModel model) throws IOException, InterruptedException {
    try (HubHttp http = http()) {
      return HubFiles.flaw(new HubListing(http).files(model, model.revision()));
    }
  }

  /**
   * Makes a model available in the cache.
   *
   * @param progress called several times a second on this thread; what it throws ends the transfer,
   *     which goes on from there the next time
   * @throws HubException where the hub does not give it
   */
  public Fetched fetch(HubModel model, HubProgress progress)
      throws IOException, InterruptedException {
    Meter meter = new Meter();
    try (HubHttp http = http()) {
      return Watched.run(() -> fetch(model, http, meter), () -> meter.tell(progress), http::cancel);
    }
  }

  private HubHttp http() {
    return new HubHttp(settings, backoff, pause);
  }

  private HubCache cache(HubModel model) {
    return new HubCache(settings.cache(), model);
  }

  private Fetched fetch(HubModel model, HubHttp http, Meter meter)
      throws IOException, InterruptedException {
    HubCache cache = cache(model);
    if (settings.offline()) {
      return fromCache(model, cache);
    }
    HubListing hub = new HubListing(http);
    String commit = hub.commit(model);
    Optional<HubSnapshot> kept = HubListing.read(cache.listing(commit), model, commit);
    HubSnapshot snapshot = kept.isPresent() ? kept.get() : hub.files(model, commit);
    List<HubFile> wanted = HubFiles.wanted(snapshot);
    meter.expect(wanted.stream().mapToLong(HubFile::size).sum());
    requireSpace(wanted, cache);
    if (kept.isEmpty()) {
      HubListing.write(cache.listing(commit), snapshot);
    }
    try (ExecutorService threads =
        Executors.newFixedThreadPool(settings.connections(), Thread.ofVirtual().factory())) {
      for (HubFile file : wanted) {
        fetch(file, model.at(commit), cache, http, threads, meter);
        cache.link(file, commit);
      }
    }
    cache.remember(model, commit);
    return new Fetched(cache.snapshot(commit), commit, wanted);
  }

  private static Fetched fromCache(HubModel model, HubCache cache) throws IOException {
    String commit = cache.commit(model).orElseThrow(() -> notInCache(model));
    List<HubFile> files =
        HubListing.read(cache.listing(commit), model, commit)
            .map(HubSnapshot::files)
            .orElse(List.of());
    Path folder = cache.snapshot(commit);
    for (HubFile file : files.isEmpty() ? files : HubFiles.wanted(snapshot(model, commit, files))) {
      if (!Files.exists(folder.resolve(file.path()))) {
        throw notInCache(model);
      }
    }
    if (!Files.isDirectory(folder)) {
      throw notInCache(model);
    }
    return new Fetched(folder, commit, files);
  }

  private static HubSnapshot snapshot(HubModel model, String commit, List<HubFile> files) {
    return new HubSnapshot(model, commit, files);
  }

  private static HubException notInCache(HubModel model) {
    return HubException.user(
        "%s is not whole in the hub's cache, and HF_HUB_OFFLINE forbids to fetch it; unset that once"
            .formatted(model));
  }

  private static void requireSpace(List<HubFile> wanted, HubCache cache) throws IOException {
    long needed = 0;
    for (HubFile file : wanted) {
      if (!cache.has(file)) {
        Path partial = partial(cache, file);
        needed += file.size() - (Files.exists(partial) ? allocated(partial, file) : 0);
      }
    }
    long usable = Files.getFileStore(cache.blobs()).getUsableSpace();
    if (needed > usable) {
      throw new NoSpaceException(
          "%s: the model needs %d bytes more, and the file system has %d left; make room or set HF_HUB_CACHE"
              .formatted(cache.blobs(), needed, usable));
    }
  }

  /** A file that is written in ranges has holes: nobody knows how large it is on disk. */
  private static long allocated(Path partial, HubFile file) throws IOException {
    return Math.min(file.size(), Files.size(partial)) / 2;
  }

  private static Path partial(HubCache cache, HubFile file) throws IOException {
    // Not huggingface_hub's own name: older versions of it append to such a file.
    return cache.blobs().resolve(file.etag() + ".recycler.incomplete");
  }

  private void fetch(
      HubFile file,
      HubModel model,
      HubCache cache,
      HubHttp http,
      ExecutorService threads,
      Meter meter)
      throws IOException, InterruptedException {
    if (cache.has(file)) {
      meter.found(file.size());
      return;
    }
    meter.doing("fetching");
    Optional<CacheLock> lock = cache.lock(file);
    while (lock.isEmpty()) {
      // Another worker, or huggingface_hub, is at it.
      meter.doing("waiting for another download");
      Thread.sleep(LOCK_POLL);
      lock = cache.lock(file);
    }
    try {
      if (cache.has(file)) {
        meter.found(file.size());
        return;
      }
      meter.doing("fetching");
      transfer(file, model, cache, http, threads, meter);
    } finally {
      lock.get().close();
    }
  }

  /** Fetches and checks; what was fetched in part before and turns out wrong is fetched anew. */
  private void transfer(
      HubFile file,
      HubModel model,
      HubCache cache,
      HubHttp http,
      ExecutorService threads,
      Meter meter)
      throws IOException, InterruptedException {
    Path partial = partial(cache, file);
    Path journal = cache.blobs().resolve(file.etag() + ".recycler-ranges.incomplete");
    HubRequest about = HubRequest.reading(model, file.path());
    boolean again;
    do {
      boolean resumed;
      try (RangeJournal ranges = RangeJournal.open(journal, partial, file.size(), range)) {
        resumed = ranges.done() > 0;
        new BlobTransfer(
                http,
                about,
                http.url(model.repository() + "/resolve", model.revision(), file.path()),
                model.revision(),
                file,
                meter::moved)
            .run(partial, ranges, threads);
      }
      String digest = ContentCheck.digest(partial, file);
      if (digest.equals(file.etag())) {
        Files.move(partial, cache.blob(file), StandardCopyOption.ATOMIC_MOVE);
        Files.deleteIfExists(journal);
        return;
      }
      LOG.warn("{} has the digest {} where {} is listed", about.what(), digest, file.etag());
      Files.deleteIfExists(partial);
      Files.deleteIfExists(journal);
      meter.found(-file.size());
      again = resumed;
      if (!again) {
        // It may be the listing that is wrong: the next try asks for it again.
        Files.deleteIfExists(cache.listing(model.revision()));
        throw HubException.passing(
            "%s arrived with the digest %s where %s lists %s; it was thrown away"
                .formatted(about.what(), digest, http.host(), file.etag()));
      }
    } while (again);
  }
}
