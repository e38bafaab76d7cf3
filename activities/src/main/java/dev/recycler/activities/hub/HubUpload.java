package dev.recycler.activities.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.recycler.workflows.spec.HubModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * Publishes a model to a hub as one commit: contents first, which the hub keeps whether or not the
 * commit comes, so that an upload that was cut goes on; then the commit, on top of the commit that
 * was looked at and no other.
 */
public final class HubUpload {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int BATCH = 100;
  private static final int SAMPLE = 512;
  private static final String JSON_TYPE = "application/json";

  private final HubSettings settings;
  private final Backoff backoff;
  private final HubHttp.Pause pause;

  public HubUpload(HubSettings settings) {
    this(settings, Backoff.USUAL, Thread::sleep);
  }

  HubUpload(HubSettings settings, Backoff backoff, HubHttp.Pause pause) {
    this.settings = settings;
    this.backoff = backoff;
    this.pause = pause;
  }

  /**
   * What is to happen.
   *
   * @param hidden whether a model that has to be made is private
   * @param replace whether a model of other content that is there is replaced
   * @param message the commit's first line
   */
  public record Options(boolean hidden, boolean replace, String message) {}

  /**
   * What came of it.
   *
   * @param commit the commit that holds the model
   * @param page where people find it
   * @param changed false where the hub had all of it already
   */
  public record Published(String commit, String page, boolean changed) {}

  /**
   * Publishes.
   *
   * @param target where to; its revision is a branch
   * @param progress called several times a second on this thread; what it throws ends the upload
   * @throws HubException where the hub does not take it, or holds something else
   */
  public Published publish(
      HubModel target, List<HubContent> files, Options options, HubProgress progress)
      throws IOException, InterruptedException {
    if (settings.token().isEmpty()) {
      throw HubException.user(
          "publishing needs a token; set HF_TOKEN to one that may write to %s"
              .formatted(target.repository()));
    }
    Meter meter = new Meter();
    try (HubHttp http = new HubHttp(settings, backoff, pause)) {
      return Watched.run(
          () -> publish(target, files, options, http, meter),
          () -> meter.tell(progress),
          http::cancel);
    }
  }

  private Published publish(
      HubModel target, List<HubContent> files, Options options, HubHttp http, Meter meter)
      throws IOException, InterruptedException {
    HubListing hub = new HubListing(http);
    String head = headOf(target, options, http, hub);
    Map<String, String> modes = modes(target, files, http);
    meter.doing("reading");
    List<Planned> changed = new ArrayList<>();
    HubSnapshot there = hub.files(target, head);
    List<String> others = others(there, files);
    List<String> different = new ArrayList<>();
    for (HubContent file : files) {
      Planned planned = Planned.of(file, modes.getOrDefault(file.path(), "regular"));
      Optional<HubFile> before =
          there.files().stream().filter(f -> f.path().equals(file.path())).findFirst();
      if (before.isEmpty() || !before.get().etag().equals(planned.digest())) {
        changed.add(planned);
        before.ifPresent(f -> different.add(f.path()));
      }
    }
    String page = http.url(target.repository()).toString();
    if (changed.isEmpty() && others.isEmpty()) {
      return new Published(head, page, false);
    }
    refuseToOverwrite(target, options, different, others);
    upload(target, changed, http, meter);
    meter.doing("committing");
    return new Published(commit(target, head, changed, others, options, http, hub), page, true);
  }

  /** The commit to build upon; the model is made where there is none. */
  private static String headOf(HubModel target, Options options, HubHttp http, HubListing hub)
      throws IOException, InterruptedException {
    try {
      return hub.commit(target);
    } catch (HubException e) {
      if (e.kind() != HubException.Kind.USER || !e.getMessage().startsWith("there is no model")) {
        throw e;
      }
    }
    String[] name = target.repository().split("/", 2);
    ObjectNode asked =
        JSON.createObjectNode()
            .put("type", "model")
            .put("organization", name[0])
            .put("name", name[1])
            .put("private", options.hidden());
    HubRequest about = HubRequest.writing(target, "a new model " + target.repository());
    try {
      http.json(http.url("api/repos/create"), JSON.writeValueAsBytes(asked), JSON_TYPE, about);
    } catch (HubException refused) {
      // An answer that was lost, and the model was made: then it is there now.
      try {
        return hub.commit(target);
      } catch (HubException stillNot) {
        throw refused;
      }
    }
    return hub.commit(target);
  }

  /** Whether the hub wants each file as a large one. */
  private static Map<String, String> modes(HubModel target, List<HubContent> files, HubHttp http)
      throws IOException, InterruptedException {
    ObjectNode asked = JSON.createObjectNode();
    ArrayNode list = asked.putArray("files");
    for (HubContent file : files) {
      list.addObject()
          .put("path", file.path())
          .put("size", file.size())
          .put("sample", Base64.getEncoder().encodeToString(file.head(SAMPLE)));
    }
    JsonNode answer =
        http.json(
                http.url("api/models/" + target.repository(), "preupload", target.revision()),
                JSON.writeValueAsBytes(asked),
                JSON_TYPE,
                HubRequest.writing(target, "files for " + target.repository()))
            .json();
    Map<String, String> modes = new LinkedHashMap<>();
    for (JsonNode file : answer.path("files")) {
      modes.put(file.path("path").asText(), file.path("uploadMode").asText());
    }
    return modes;
  }

  /**
   * A file, and how it goes up.
   *
   * @param digest SHA-256 of a large file, git's SHA-1 of another
   */
  record Planned(HubContent file, boolean large, String digest) {
    static Planned of(HubContent file, String mode) throws IOException, InterruptedException {
      // The large store takes no empty files.
      boolean large = mode.equals("lfs") && file.size() > 0;
      return new Planned(file, large, large ? file.sha256() : file.gitSha1());
    }
  }

  /** Weights and other parts of a model that are there and would be mixed with ours. */
  private static List<String> others(HubSnapshot there, List<HubContent> files) {
    TreeSet<String> others = new TreeSet<>();
    there.files().stream()
        .map(HubFile::path)
        .filter(path -> path.endsWith(".safetensors") || path.endsWith(".safetensors.index.json"))
        .forEach(others::add);
    files.forEach(file -> others.remove(file.path()));
    return List.copyOf(others);
  }

  private static void refuseToOverwrite(
      HubModel target, Options options, List<String> different, List<String> others)
      throws HubException {
    List<String> lost = new ArrayList<>(different);
    lost.addAll(others);
    // A new model of the hub may begin with a card and with attributes.
    boolean onlyCard = others.isEmpty() && lost.stream().allMatch("README.md"::equals);
    if (!options.replace() && !onlyCard) {
      throw HubException.user(
          "%s holds another %s already; publish under another name, or replace it with --replace"
              .formatted(target, lost.getFirst()));
    }
  }

  private void upload(HubModel target, List<Planned> changed, HubHttp http, Meter meter)
      throws IOException, InterruptedException {
    List<Planned> large = changed.stream().filter(Planned::large).toList();
    long bytes = 0;
    for (Planned each : large) {
      bytes += each.file().size();
    }
    meter.expect(bytes);
    for (int from = 0; from < large.size(); from += BATCH) {
      List<Planned> batch = large.subList(from, Math.min(large.size(), from + BATCH));
      Map<String, JsonNode> actions = actions(target, batch, http);
      for (Planned each : batch) {
        JsonNode action = actions.get(each.digest());
        if (action == null || !action.hasNonNull("upload")) {
          // The hub has this content already, perhaps from an upload that was cut.
          meter.found(each.file().size());
          continue;
        }
        meter.doing("uploading");
        new LargeUpload(http, target, each, settings.connections(), meter::moved).run(action);
      }
    }
  }

  private static Map<String, JsonNode> actions(HubModel target, List<Planned> files, HubHttp http)
      throws IOException, InterruptedException {
    ObjectNode asked =
        JSON.createObjectNode().put("operation", "upload").put("hash_algo", "sha256");
    asked.putArray("transfers").add("basic").add("multipart");
    asked.putObject("ref").put("name", target.revision());
    ArrayNode objects = asked.putArray("objects");
    for (Planned file : files) {
      objects.addObject().put("oid", file.digest()).put("size", file.file().size());
    }
    JsonNode answer =
        http.json(
                http.url(target.repository() + ".git/info/lfs/objects/batch"),
                JSON.writeValueAsBytes(asked),
                LargeUpload.LFS_TYPE,
                HubRequest.writing(target, "contents for " + target.repository()))
            .json();
    Map<String, JsonNode> actions = new LinkedHashMap<>();
    for (JsonNode object : answer.path("objects")) {
      if (object.hasNonNull("error")) {
        throw HubException.user(
            "%s does not take a file: %s"
                .formatted(http.host(), object.path("error").path("message").asText()));
      }
      actions.put(object.path("oid").asText(), object.path("actions"));
    }
    return actions;
  }

  /** Commits on top of {@code head}; where the answer is lost, what became of it is looked up. */
  private static String commit(
      HubModel target,
      String head,
      List<Planned> changed,
      List<String> others,
      Options options,
      HubHttp http,
      HubListing hub)
      throws IOException, InterruptedException {
    byte[] body = body(head, changed, others, options);
    HubRequest about = HubRequest.writing(target, "a commit to " + target.repository());
    HubHttp.Retry retry = http.retry(about);
    while (true) {
      try (Response response =
          http.send(
              new Request.Builder()
                  .url(http.url("api/models/" + target.repository(), "commit", target.revision()))
                  .post(RequestBody.create(body, MediaType.get("application/x-ndjson"))))) {
        if (response.isSuccessful()) {
          String commit = JSON.readTree(HubHttp.read(response)).path("commitOid").asText(null);
          return commit == null ? hub.commit(target) : commit;
        }
        if (response.code() == 412 || response.code() == 409) {
          return oursOrRefused(target, changed, hub);
        }
        retry.after(response);
      } catch (HubException e) {
        throw e;
      } catch (IOException e) {
        // Perhaps it was made: the next try then finds another head, and looks what it holds.
        retry.after(e);
      }
    }
  }

  private static String oursOrRefused(HubModel target, List<Planned> changed, HubListing hub)
      throws IOException, InterruptedException {
    String head = hub.commit(target);
    List<HubFile> there = hub.files(target, head).files();
    for (Planned planned : changed) {
      if (there.stream()
          .noneMatch(
              f -> f.path().equals(planned.file().path()) && f.etag().equals(planned.digest()))) {
        throw HubException.user(
            "somebody else has committed to %s since this upload began; look at it and publish again"
                .formatted(target));
      }
    }
    return head;
  }

  private static byte[] body(
      String head, List<Planned> changed, List<String> others, Options options)
      throws IOException, InterruptedException {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    line(
        lines,
        "header",
        JSON.createObjectNode()
            .put("summary", options.message())
            .put("description", "")
            .put("parentCommit", head));
    for (Planned planned : changed) {
      HubContent file = planned.file();
      ObjectNode value = JSON.createObjectNode().put("path", file.path());
      if (planned.large()) {
        value.put("algo", "sha256").put("oid", planned.digest()).put("size", file.size());
        line(lines, "lfsFile", value);
      } else {
        value
            .put("encoding", "base64")
            .put("content", Base64.getEncoder().encodeToString(file.head((int) file.size())));
        line(lines, "file", value);
      }
    }
    for (String path : others) {
      line(lines, "deletedFile", JSON.createObjectNode().put("path", path));
    }
    return lines.toByteArray();
  }

  private static void line(ByteArrayOutputStream lines, String key, ObjectNode value)
      throws IOException {
    ObjectNode line = JSON.createObjectNode().put("key", key);
    line.set("value", value);
    lines.writeBytes(JSON.writeValueAsBytes(line));
    lines.writeBytes("\n".getBytes(StandardCharsets.US_ASCII));
  }
}
