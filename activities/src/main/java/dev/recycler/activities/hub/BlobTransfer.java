package dev.recycler.activities.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Fetches the content of one file in parallel ranges, each of which goes on at the byte where it
 * was cut. The hub is asked once where the content lies; the ranges are read from there, without
 * the token where that is not the hub.
 */
final class BlobTransfer {
  private static final int BUFFER = 256 << 10;
  private static final int STALE_ADDRESSES = 3;

  private final HubHttp http;
  private final HubRequest about;
  private final HttpUrl address;
  private final String commit;
  private final HubFile file;
  private final LongConsumer moved;

  /** Where the content lies for now; such addresses are signed and run out. */
  private HttpUrl place;

  /**
   * @param address the hub's address of the file at {@code commit}
   * @param moved told of bytes that were written; negative where they have to be fetched again
   */
  BlobTransfer(
      HubHttp http,
      HubRequest about,
      HttpUrl address,
      String commit,
      HubFile file,
      LongConsumer moved) {
    this.http = http;
    this.about = about;
    this.address = address;
    this.commit = commit;
    this.file = file;
    this.moved = moved;
  }

  /** Fetches what {@code journal} says is missing of {@code content}. */
  void run(Path content, RangeJournal journal, ExecutorService threads)
      throws IOException, InterruptedException {
    moved.accept(journal.done());
    try (FileChannel out =
        FileChannel.open(content, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      List<Future<?>> ranges = new ArrayList<>();
      try {
        for (int i = 0; i < journal.ranges(); i++) {
          int range = i;
          if (journal.done(i) < journal.length(i)) {
            ranges.add(
                threads.submit(
                    () -> {
                      fetch(range, journal, out);
                      return null;
                    }));
          }
        }
        for (Future<?> range : ranges) {
          range.get();
        }
      } catch (ExecutionException e) {
        throw unwrapped(e);
      } finally {
        end(ranges);
      }
    }
    if (Files.size(content) != file.size()) {
      throw HubException.passing(
          "%s has %d bytes where the hub lists %d"
              .formatted(about.what(), Files.size(content), file.size()));
    }
  }

  /** Ends the ranges that still run; their file is closed after them. */
  private void end(List<Future<?>> ranges) {
    if (ranges.stream().allMatch(Future::isDone)) {
      return;
    }
    ranges.forEach(range -> range.cancel(true));
    http.cancel();
  }

  private static IOException unwrapped(ExecutionException e) throws InterruptedException {
    if (e.getCause() instanceof InterruptedException) {
      throw new InterruptedException();
    }
    return e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
  }

  private void fetch(int range, RangeJournal journal, FileChannel out)
      throws IOException, InterruptedException {
    HubHttp.Retry retry = http.retry(about);
    int stale = 0;
    while (journal.done(range) < journal.length(range)) {
      long before = journal.done(range);
      long from = journal.start(range) + before;
      HttpUrl at = place();
      try (Response response = http.send(ranged(at, from, journal, range))) {
        if (isStale(response, at)) {
          forget(at);
          if (++stale > STALE_ADDRESSES) {
            throw HubException.passing(
                "the address that %s gives for %s is refused (%d)"
                    .formatted(http.host(), about.what(), response.code()));
          }
          continue;
        }
        if (!response.isSuccessful()) {
          retry.after(response);
          continue;
        }
        copy(response, from, range, journal, out);
      } catch (HubException e) {
        throw e;
      } catch (IOException e) {
        if (journal.done(range) > before) {
          retry.progressed();
          stale = 0;
        }
        retry.after(e);
      }
    }
  }

  private static Request.Builder ranged(HttpUrl at, long from, RangeJournal journal, int range) {
    long to = journal.start(range) + journal.length(range) - 1;
    Request.Builder request = new Request.Builder().url(at).header("Accept-Encoding", "identity");
    return from == 0 && journal.ranges() == 1
        ? request
        : request.header("Range", "bytes=%d-%d".formatted(from, to));
  }

  private boolean isStale(Response response, HttpUrl at) {
    return !http.isHub(at)
        && (response.code() == 401
            || response.code() == 403
            || response.code() == 404
            || response.code() == 410
            || response.isRedirect());
  }

  private void copy(Response response, long from, int range, RangeJournal journal, FileChannel out)
      throws IOException {
    InputStream in = response.body().byteStream();
    if (response.code() == 206) {
      requireRange(response.header("Content-Range"), from);
    } else if (from > 0) {
      // A server that knows no ranges sends the whole file.
      in.skipNBytes(from);
    }
    byte[] buffer = new byte[BUFFER];
    long left = journal.length(range) - journal.done(range);
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        throw new IOException("the answer ended %d bytes too early".formatted(left));
      }
      long at = journal.start(range) + journal.done(range);
      ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
      while (bytes.hasRemaining()) {
        out.write(bytes, at + bytes.position());
      }
      journal.done(range, journal.done(range) + read);
      moved.accept(read);
      left -= read;
    }
  }

  private void requireRange(String said, long from) throws IOException {
    String wanted = "bytes " + from + "-";
    if (said == null || !said.startsWith(wanted) || !said.endsWith("/" + file.size())) {
      throw HubException.passing(
          "%s answers with the range \"%s\" where the bytes of %s from %d on were asked for"
              .formatted(http.host(), said, about.what(), from));
    }
  }

  private synchronized void forget(HttpUrl stale) {
    if (stale.equals(place)) {
      place = null;
    }
  }

  /** Asks the hub where the content lies, and whether it speaks of the same commit as we. */
  private synchronized HttpUrl place() throws IOException, InterruptedException {
    if (place == null) {
      try (Response response =
          http.answered(
              new Request.Builder().url(address).header("Accept-Encoding", "identity").head(),
              about)) {
        String now = response.header("X-Repo-Commit");
        if (now != null && !now.equals(commit)) {
          throw HubException.passing(
              "%s speaks of commit %s where %s of commit %s was asked for"
                  .formatted(http.host(), now, about.what(), commit));
        }
        String location = response.header("Location");
        HttpUrl target = location == null ? null : response.request().url().resolve(location);
        HttpUrl asked = response.request().url();
        place =
            response.isRedirect() && target != null ? Redirection.allowed(asked, target) : asked;
      }
    }
    return place;
  }
}
