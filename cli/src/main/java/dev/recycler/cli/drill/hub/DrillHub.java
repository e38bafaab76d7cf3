package dev.recycler.cli.drill.hub;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One repository of models on loopback, a tag a model. Calls and fields are those of the real hub,
 * as far as reading goes.
 */
public final class DrillHub implements AutoCloseable {
  /** The repository. */
  public static final String REPOSITORY = "drill/model";

  /** What it does wrong with the next file that it gives, or the next listing, once. */
  public enum Misdeed {
    /** The connection ends in the middle of a file. */
    CUT,
    /** Nothing more comes for a while, and then the connection ends. */
    STALL,
    /** A file has other bytes than its digest says. */
    LIE,
    /** A listing has another digest than its file. */
    MISLIST
  }

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern MODEL =
      Pattern.compile("/api/models/" + REPOSITORY + "/(refs|revision/[^/]+|tree/[^/]+)");
  private static final Pattern FILE = Pattern.compile("/" + REPOSITORY + "/resolve/([^/]+)/(.*)");
  private static final int STALL_SECONDS = 8;

  private final Map<String, String> tags = new ConcurrentHashMap<>();
  private final Map<String, SortedMap<String, byte[]>> commits = new ConcurrentHashMap<>();
  private final List<Misdeed> misdeeds = new ArrayList<>();
  private final AtomicInteger looks = new AtomicInteger();
  private final Consumer<String> messages;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  /**
   * Opens it on a free port.
   *
   * @param messages hears of each misdeed when it is done
   */
  public DrillHub(Consumer<String> messages) throws IOException {
    this.messages = messages;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** What {@code HF_ENDPOINT} has to be. */
  public String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Publishes a model. */
  public void publish(String tag, Map<String, byte[]> files) {
    StringBuilder content = new StringBuilder(tag);
    new TreeMap<>(files)
        .forEach((path, bytes) -> content.append(' ').append(path).append(HubDigests.git(bytes)));
    String commit = HubDigests.sha1(content.toString());
    commits.put(commit, new TreeMap<>(files));
    tags.put(tag, commit);
  }

  /** How often its tags were looked at. */
  public int looks() {
    return looks.get();
  }

  /** Has it do something wrong when there is occasion to. */
  public synchronized void misbehave(Misdeed misdeed) {
    misdeeds.add(misdeed);
  }

  private synchronized boolean takes(Misdeed misdeed) {
    return misdeeds.remove(misdeed);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      Matcher model = MODEL.matcher(path);
      Matcher file = FILE.matcher(path);
      if (file.matches()) {
        file(exchange, file.group(1), file.group(2));
      } else if (model.matches() && model.group(1).equals("refs")) {
        looks.incrementAndGet();
        json(exchange, refs());
      } else if (model.matches()) {
        String[] words = model.group(1).split("/", 2);
        Optional<String> commit = commit(words[1]);
        if (commit.isEmpty()) {
          refuse(exchange, "RevisionNotFound");
        } else {
          json(exchange, words[0].equals("tree") ? tree(commit.get()) : revision(commit.get()));
        }
      } else {
        refuse(exchange, "RepoNotFound");
      }
    }
  }

  private Optional<String> commit(String revision) {
    return Optional.of(tags.getOrDefault(revision, revision)).filter(commits::containsKey);
  }

  private String refs() {
    ObjectNode answer = JSON.createObjectNode();
    answer.putArray("branches");
    ArrayNode all = answer.putArray("tags");
    new TreeMap<>(tags)
        .forEach((tag, commit) -> all.addObject().put("name", tag).put("targetCommit", commit));
    return answer.toString();
  }

  private static String revision(String commit) {
    return JSON.createObjectNode().put("id", REPOSITORY).put("sha", commit).toString();
  }

  private String tree(String commit) {
    boolean lies = takes(Misdeed.MISLIST);
    ArrayNode answer = JSON.createArrayNode();
    commits
        .get(commit)
        .forEach(
            (path, content) -> {
              ObjectNode entry = answer.addObject().put("type", "file").put("path", path);
              entry.put("size", content.length).put("oid", HubDigests.git(content));
              if (isLarge(path)) {
                String digest = HubDigests.sha256(lies ? new byte[] {1} : content);
                entry.putObject("lfs").put("oid", digest).put("size", content.length);
              }
            });
    if (lies) {
      messages.accept("the hub lists a wrong digest at " + commit);
    }
    return answer.toString();
  }

  private static boolean isLarge(String path) {
    return path.endsWith(".safetensors");
  }

  private void file(HttpExchange exchange, String revision, String path) throws IOException {
    Optional<byte[]> found = commit(revision).map(commits::get).map(files -> files.get(path));
    if (found.isEmpty()) {
      refuse(exchange, "EntryNotFound");
      return;
    }
    byte[] content = found.get();
    String digest = isLarge(path) ? HubDigests.sha256(content) : HubDigests.git(content);
    exchange.getResponseHeaders().set("X-Repo-Commit", commit(revision).orElseThrow());
    exchange.getResponseHeaders().set("ETag", "\"" + digest + "\"");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(content.length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from = 0;
    int to = content.length;
    if (range != null) {
      String[] bounds = range.substring("bytes=".length()).split("-", -1);
      from = Integer.parseInt(bounds[0]);
      to = bounds[1].isEmpty() ? to : Math.min(to, Integer.parseInt(bounds[1]) + 1);
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, content.length));
    }
    exchange.sendResponseHeaders(range == null ? 200 : 206, to - from == 0 ? -1 : to - from);
    send(exchange, content, from, to);
  }

  private void send(HttpExchange exchange, byte[] content, int from, int to) throws IOException {
    int half = (to - from) / 2;
    if (half > 0 && takes(Misdeed.LIE)) {
      messages.accept("the hub gives other bytes than it lists");
      byte[] other = content.clone();
      other[from + half] ^= 1;
      exchange.getResponseBody().write(other, from, to - from);
    } else if (half > 0 && takes(Misdeed.CUT)) {
      messages.accept("the hub ends an answer in its middle");
      exchange.getResponseBody().write(content, from, half);
      exchange.getResponseBody().flush();
      throw new IOException("cut, as the drill asked for");
    } else if (half > 0 && takes(Misdeed.STALL)) {
      messages.accept("the hub stalls in the middle of an answer");
      exchange.getResponseBody().write(content, from, half);
      exchange.getResponseBody().flush();
      stall();
      throw new IOException("stalled, as the drill asked for");
    } else {
      exchange.getResponseBody().write(content, from, to - from);
    }
  }

  private static void stall() {
    try {
      TimeUnit.SECONDS.sleep(STALL_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void json(HttpExchange exchange, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  private static void refuse(HttpExchange exchange, String code) throws IOException {
    exchange.getResponseHeaders().set("X-Error-Code", code);
    exchange.sendResponseHeaders(404, -1);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
