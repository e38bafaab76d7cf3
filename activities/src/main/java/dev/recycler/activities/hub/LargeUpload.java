package dev.recycler.activities.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.recycler.workflows.spec.HubModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;

/** Uploads one large file to where the hub's LFS batch says: in one piece, or in parallel parts. */
final class LargeUpload {
  static final String LFS_TYPE = "application/vnd.git-lfs+json";

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String HUB = "https://huggingface.co/";
  private static final int BUFFER = 256 << 10;

  private final HubHttp http;
  private final HubRequest about;
  private final HubUpload.Planned planned;
  private final int connections;
  private final LongConsumer moved;

  LargeUpload(
      HubHttp http,
      HubModel target,
      HubUpload.Planned planned,
      int connections,
      LongConsumer moved) {
    this.http = http;
    this.about = HubRequest.writing(target, planned.file().path() + " for " + target.repository());
    this.planned = planned;
    this.connections = connections;
    this.moved = moved;
  }

  /** Uploads, and has the hub check that it came. */
  void run(JsonNode actions) throws IOException, InterruptedException {
    JsonNode upload = actions.path("upload");
    JsonNode header = upload.path("header");
    if (header.hasNonNull("chunk_size")) {
      inParts(upload, header, header.path("chunk_size").asLong());
    } else {
      put(address(upload.path("href").asText()), header, 0, planned.file().size());
    }
    if (actions.hasNonNull("verify")) {
      ObjectNode asked =
          JSON.createObjectNode().put("oid", planned.digest()).put("size", planned.file().size());
      post(actions.path("verify").path("href").asText(), asked);
    }
  }

  private void inParts(JsonNode upload, JsonNode header, long size)
      throws IOException, InterruptedException {
    Map<Integer, HttpUrl> parts = new TreeMap<>();
    for (var entry : header.properties()) {
      if (entry.getKey().matches("\\d{1,6}")) {
        parts.put(Integer.parseInt(entry.getKey()), address(entry.getValue().asText()));
      }
    }
    long length = planned.file().size();
    if (size <= 0 || parts.size() != (length + size - 1) / size) {
      throw HubException.passing(
          "%s gives %d parts of %d bytes for %s, which has %d"
              .formatted(http.host(), parts.size(), size, about.what(), length));
    }
    ObjectNode completion = JSON.createObjectNode().put("oid", planned.digest());
    ArrayNode done = completion.putArray("parts");
    List<Future<String>> etags = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(connections, Thread.ofVirtual().factory())) {
      long from = 0;
      for (HttpUrl part : parts.values()) {
        long at = from;
        long bytes = Math.min(size, length - at);
        etags.add(threads.submit(() -> put(part, JSON.createObjectNode(), at, bytes)));
        from += size;
      }
      int number = 1;
      for (Future<String> etag : etags) {
        done.addObject().put("partNumber", number++).put("etag", etag.get());
      }
    } catch (ExecutionException e) {
      etags.forEach(etag -> etag.cancel(true));
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (InterruptedException e) {
      etags.forEach(etag -> etag.cancel(true));
      throw e;
    }
    post(upload.path("href").asText(), completion);
  }

  /** Sends a part of the file; returns its ETag. */
  private String put(HttpUrl place, JsonNode headers, long from, long bytes)
      throws IOException, InterruptedException {
    Request.Builder request = new Request.Builder().url(place).put(new Part(from, bytes));
    for (var header : headers.properties()) {
      request.header(header.getKey(), header.getValue().asText());
    }
    try (Response response = http.answered(request, about)) {
      if (!response.isSuccessful()) {
        throw HubException.passing(
            "%s sends the upload of %s on, which is not known here"
                .formatted(http.host(), about.what()));
      }
      moved.accept(bytes);
      return response.header("ETag", "");
    }
  }

  private void post(String href, ObjectNode body) throws IOException, InterruptedException {
    http.json(address(href), JSON.writeValueAsBytes(body), LFS_TYPE, about);
  }

  /** An address that the hub gave; a mirror passes the hub's own on, in place of its. */
  private HttpUrl address(String href) throws HubException {
    String mirrored =
        href.startsWith(HUB) ? http.settings().endpoint() + href.substring(HUB.length()) : href;
    HttpUrl url = HttpUrl.parse(mirrored);
    if (url == null) {
      throw HubException.passing(
          "%s gives no address to upload %s to".formatted(http.host(), about.what()));
    }
    return url;
  }

  /** A part of the file as it is on disk. */
  private final class Part extends RequestBody {
    private final long from;
    private final long bytes;

    Part(long from, long bytes) {
      this.from = from;
      this.bytes = bytes;
    }

    @Override
    public MediaType contentType() {
      return null;
    }

    @Override
    public long contentLength() {
      return bytes;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      if (planned.file() instanceof HubContent.InFile(String _, java.nio.file.Path file)) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
          ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER, Math.max(1, bytes)));
          long at = from;
          while (at < from + bytes) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), from + bytes - at));
            int read = channel.read(buffer, at);
            if (read < 0) {
              throw new IOException(file + " became shorter while it was uploaded");
            }
            sink.write(buffer.array(), 0, read);
            at += read;
          }
        }
      } else {
        byte[] all = planned.file().head(Math.toIntExact(from + bytes));
        sink.write(all, (int) from, (int) bytes);
      }
    }
  }
}
