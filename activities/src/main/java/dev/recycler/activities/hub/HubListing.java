package dev.recycler.activities.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.recycler.workflows.spec.HubModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/** What the hub says about a model: the commit of a revision, the files of a commit. */
final class HubListing {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private final HubHttp http;

  HubListing(HubHttp http) {
    this.http = http;
  }

  /** The commit that a revision is now. */
  String commit(HubModel model) throws IOException, InterruptedException {
    if (model.isPinned()) {
      return model.revision();
    }
    HttpUrl url = http.url("api/models/" + model.repository(), "revision", model.revision());
    String commit = http.json(url, HubRequest.reading(model)).json().path("sha").asText();
    if (!COMMIT.matcher(commit).matches()) {
      throw HubException.passing(
          "%s names no commit for %s; is it a hub?".formatted(http.host(), model));
    }
    return commit;
  }

  /** The branches and tags of a repository. */
  List<HubRevision> revisions(HubModel model) throws IOException, InterruptedException {
    HttpUrl url = http.url("api/models/" + model.repository() + "/refs");
    JsonNode refs = http.json(url, HubRequest.reading(model)).json();
    List<HubRevision> revisions = new ArrayList<>();
    for (String kind : List.of("branches", "tags")) {
      for (JsonNode ref : refs.path(kind)) {
        String commit = ref.path("targetCommit").asText();
        if (!COMMIT.matcher(commit).matches()) {
          throw HubException.passing(
              "%s names no commit for %s of %s; is it a hub?"
                  .formatted(http.host(), ref.path("name").asText(), model.repository()));
        }
        revisions.add(new HubRevision(ref.path("name").asText(), commit));
      }
    }
    return revisions;
  }

  /** The files at the top of a commit's tree, which is where a model's are. */
  HubSnapshot files(HubModel model, String commit) throws IOException, InterruptedException {
    List<HubFile> files = new ArrayList<>();
    HubRequest about = HubRequest.reading(model);
    Optional<HttpUrl> page =
        Optional.of(http.url("api/models/" + model.repository(), "tree", commit));
    while (page.isPresent()) {
      HubHttp.Answer answer = http.json(page.get(), about);
      for (JsonNode entry : answer.json()) {
        if (entry.path("type").asText().equals("file")) {
          files.add(file(entry));
        }
      }
      page = answer.next();
    }
    return new HubSnapshot(model, commit, files);
  }

  private HubFile file(JsonNode entry) throws HubException {
    JsonNode lfs = entry.path("lfs");
    boolean large = lfs.hasNonNull("oid");
    String path = entry.path("path").asText();
    HubFile file =
        new HubFile(
            path,
            (large ? lfs : entry).path("size").asLong(-1),
            entry.path("oid").asText(),
            large ? Optional.of(lfs.path("oid").asText()) : Optional.empty());
    // Names become paths of this machine.
    if (path.isEmpty()
        || path.indexOf('/') >= 0
        || path.equals(".")
        || path.equals("..")
        || path.indexOf('\0') >= 0
        || path.indexOf('\\') >= 0
        || file.size() < 0
        || !COMMIT.matcher(file.gitSha1()).matches()
        || file.sha256().filter(sha -> !SHA256.matcher(sha).matches()).isPresent()) {
      throw HubException.passing(
          "%s lists a file that cannot be: %s".formatted(http.host(), entry));
    }
    return file;
  }

  /** The listing of a commit that was kept, which stays true for ever. */
  static Optional<HubSnapshot> read(Path file, HubModel model, String commit) throws IOException {
    try {
      JsonNode kept = JSON.readTree(Files.readAllBytes(file));
      List<HubFile> files = new ArrayList<>();
      for (JsonNode entry : kept.path("files")) {
        files.add(
            new HubFile(
                entry.path("path").asText(),
                entry.path("size").asLong(),
                entry.path("gitSha1").asText(),
                entry.hasNonNull("sha256")
                    ? Optional.of(entry.path("sha256").asText())
                    : Optional.empty()));
      }
      return files.isEmpty()
          ? Optional.empty()
          : Optional.of(new HubSnapshot(model, commit, files));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      // Asked for again.
      return Optional.empty();
    }
  }

  static void write(Path file, HubSnapshot snapshot) throws IOException {
    ObjectNode kept = JSON.createObjectNode().put("format", 1);
    ArrayNode files = kept.putArray("files");
    for (HubFile each : snapshot.files()) {
      ObjectNode entry =
          files
              .addObject()
              .put("path", each.path())
              .put("size", each.size())
              .put("gitSha1", each.gitSha1());
      each.sha256().ifPresent(sha -> entry.put("sha256", sha));
    }
    HubCache.replace(file, JSON.writeValueAsBytes(kept));
  }
}
