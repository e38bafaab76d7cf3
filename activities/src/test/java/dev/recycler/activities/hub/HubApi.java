package dev.recycler.activities.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One request to the API of a hub of the tests; paths and fields are those of the real one. */
final class HubApi {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern MODEL = Pattern.compile("/api/models/([^/]+/[^/]+)(?:/(.*))?");
  private static final Pattern RESOLVE = Pattern.compile("/([^/]+/[^/]+)/resolve/([^/]+)/(.*)");
  private static final Pattern LFS =
      Pattern.compile("/([^/]+/[^/]+)\\.git/info/lfs/objects/(batch|verify|complete/\\w+)");
  private static final int PAGE = 4;
  private static final int PART = 1000;

  private final HubServer server;
  private final HttpExchange exchange;
  private final HubServer.Seen request;

  HubApi(HubServer server, HttpExchange exchange, HubServer.Seen request) {
    this.server = server;
    this.exchange = exchange;
    this.request = request;
  }

  void answer() throws IOException {
    Matcher model = MODEL.matcher(request.path());
    Matcher resolve = RESOLVE.matcher(request.path());
    Matcher lfs = LFS.matcher(request.path());
    if (request.authorization() != null
        && !request.authorization().equals("Bearer " + server.token)) {
      exchange
          .getResponseHeaders()
          .set("X-Error-Message", "Invalid credentials in Authorization header");
      HubServer.json(exchange, 401, "{\"error\":\"Invalid credentials\"}");
    } else if (request.path().equals("/api/repos/create")) {
      create();
    } else if (lfs.matches()) {
      large(lfs.group(1), lfs.group(2));
    } else if (resolve.matches()) {
      resolve(resolve.group(1), decoded(resolve.group(2)), decoded(resolve.group(3)));
    } else if (model.matches()) {
      model(model.group(1), model.group(2) == null ? "revision/main" : model.group(2));
    } else {
      refuse(404, "", "no such page");
    }
  }

  private HubRepositories.Repository repository(String name) throws IOException {
    HubRepositories.Repository found = server.repositories.all.get(name);
    boolean authorized = request.authorization() != null;
    if (found == null || (found.hidden && !authorized)) {
      // The hub does not say which.
      refuse(authorized ? 404 : 401, "RepoNotFound", "Repository not found");
      return null;
    }
    return found;
  }

  private void model(String name, String rest) throws IOException {
    HubRepositories.Repository repository = repository(name);
    if (repository == null) {
      return;
    }
    if (rest.equals("refs")) {
      refs(repository);
      return;
    }
    String[] parts = rest.split("/", 2);
    String revision = decoded(parts[1]);
    String commit = commit(repository, revision);
    if (commit == null) {
      return;
    }
    switch (parts[0]) {
      case "revision" -> revision(name, repository, commit);
      case "tree" -> tree(repository, commit);
      case "preupload" -> preupload(repository, commit);
      case "commit" -> commit(repository, revision, commit);
      default -> refuse(404, "", "no such call");
    }
  }

  private String commit(HubRepositories.Repository repository, String revision) throws IOException {
    String commit = repository.revisions.getOrDefault(revision, revision);
    if (!repository.commits.containsKey(commit)) {
      refuse(404, "RevisionNotFound", "Invalid rev id: " + revision);
      return null;
    }
    return commit;
  }

  private void revision(String name, HubRepositories.Repository repository, String commit)
      throws IOException {
    ObjectNode answer =
        JSON.createObjectNode()
            .put("id", name)
            .put("modelId", name)
            .put("sha", commit)
            .put("private", repository.hidden)
            .put("gated", repository.gated);
    ArrayNode siblings = answer.putArray("siblings");
    repository.commits.get(commit).keySet().forEach(f -> siblings.addObject().put("rfilename", f));
    HubServer.json(exchange, 200, answer.toString());
  }

  private void refs(HubRepositories.Repository repository) throws IOException {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode branches = answer.putArray("branches");
    answer.putArray("tags");
    answer.putArray("converts");
    new TreeMap<>(repository.revisions)
        .forEach(
            (name, commit) ->
                branches
                    .addObject()
                    .put("name", name)
                    .put("ref", "refs/heads/" + name)
                    .put("targetCommit", commit));
    HubServer.json(exchange, 200, answer.toString());
  }

  private void tree(HubRepositories.Repository repository, String commit) throws IOException {
    SortedMap<String, byte[]> files = repository.commits.get(commit);
    String query = exchange.getRequestURI().getRawQuery();
    int from =
        query != null && query.contains("cursor=")
            ? Integer.parseInt(query.replaceFirst(".*cursor=(\\d+).*", "$1"))
            : 0;
    List<Map.Entry<String, byte[]>> all = new ArrayList<>(files.entrySet());
    ArrayNode answer = JSON.createArrayNode();
    for (var file : all.subList(from, Math.min(all.size(), from + PAGE))) {
      ObjectNode entry = answer.addObject().put("type", "file");
      entry.put("oid", oid(file.getKey(), file.getValue())).put("size", file.getValue().length);
      entry.put("path", file.getKey());
      if (HubRepositories.isLarge(file.getKey())) {
        entry
            .putObject("lfs")
            .put("oid", HubRepositories.sha256(file.getValue()))
            .put("size", file.getValue().length)
            .put("pointerSize", 134);
      }
    }
    if (from + PAGE < all.size()) {
      // As a mirror has it: the address is the hub's own.
      exchange
          .getResponseHeaders()
          .set(
              "Link",
              "<https://huggingface.co%s?cursor=%d>; rel=\"next\""
                  .formatted(request.path(), from + PAGE));
    }
    HubServer.json(exchange, 200, answer.toString());
  }

  private static String oid(String path, byte[] content) {
    return HubRepositories.isLarge(path)
        ? HubRepositories.sha1("pointer " + HubRepositories.sha256(content))
        : HubRepositories.gitSha1(content);
  }

  private void resolve(String name, String revision, String path) throws IOException {
    HubRepositories.Repository repository = repository(name);
    if (repository == null) {
      return;
    }
    String commit = commit(repository, revision);
    if (commit == null) {
      return;
    }
    if (repository.gated && request.authorization() == null) {
      refuse(401, "GatedRepo", "Access to model is restricted");
      return;
    }
    byte[] content = repository.commits.get(commit).get(path);
    if (content == null) {
      refuse(404, "EntryNotFound", "Entry not found");
      return;
    }
    exchange.getResponseHeaders().set("X-Repo-Commit", commit);
    if (!HubRepositories.isLarge(path)) {
      exchange.getResponseHeaders().set("ETag", "\"" + HubRepositories.gitSha1(content) + "\"");
      HubServer.send(exchange, request.range(), content, List.of());
      return;
    }
    String sha256 = HubRepositories.sha256(content);
    exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + sha256 + "\"");
    exchange.getResponseHeaders().set("X-Linked-Size", Integer.toString(content.length));
    exchange.getResponseHeaders().set("Location", server.sign(sha256));
    exchange.sendResponseHeaders(302, -1);
  }

  private boolean mayWrite() throws IOException {
    if (request.authorization() == null) {
      refuse(401, "", "Unauthorized");
      return false;
    }
    return true;
  }

  private void create() throws IOException {
    JsonNode asked = JSON.readTree(exchange.getRequestBody().readAllBytes());
    if (!mayWrite()) {
      return;
    }
    String name = asked.path("organization").asText() + "/" + asked.path("name").asText();
    if (server.repositories.all.containsKey(name)) {
      HubServer.json(exchange, 409, "{\"error\":\"You already created this model repo\"}");
      return;
    }
    HubRepositories.Repository made = server.repositories.create(name);
    made.hidden = asked.path("private").asBoolean();
    made.commit("main", Map.of(".gitattributes", "*.safetensors lfs\n".getBytes(UTF8)));
    HubServer.json(exchange, 200, "{\"url\":\"" + server.endpoint() + "/" + name + "\"}");
  }

  private static final java.nio.charset.Charset UTF8 = StandardCharsets.UTF_8;

  private void preupload(HubRepositories.Repository repository, String commit) throws IOException {
    JsonNode asked = JSON.readTree(exchange.getRequestBody().readAllBytes());
    if (!mayWrite()) {
      return;
    }
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode files = answer.putArray("files");
    for (JsonNode file : asked.path("files")) {
      String path = file.path("path").asText();
      ObjectNode entry = files.addObject().put("path", path).put("shouldIgnore", false);
      entry.put("uploadMode", HubRepositories.isLarge(path) ? "lfs" : "regular");
      byte[] there = repository.commits.get(commit).get(path);
      if (there != null) {
        entry.put(
            "oid",
            HubRepositories.isLarge(path)
                ? HubRepositories.sha256(there)
                : HubRepositories.gitSha1(there));
      }
    }
    HubServer.json(exchange, 200, answer.toString());
  }

  private void large(String name, String call) throws IOException {
    JsonNode asked = JSON.readTree(exchange.getRequestBody().readAllBytes());
    if (!mayWrite() || repository(name) == null) {
      return;
    }
    if (call.equals("verify")) {
      boolean there = server.repositories.contents.containsKey(asked.path("oid").asText());
      HubServer.json(exchange, there ? 200 : 404, "{}");
      return;
    }
    if (call.startsWith("complete/")) {
      boolean whole = server.repositories.complete(asked.path("oid").asText());
      HubServer.json(exchange, whole ? 200 : 400, "{}");
      return;
    }
    ObjectNode answer = JSON.createObjectNode().put("transfer", "basic");
    ArrayNode objects = answer.putArray("objects");
    for (JsonNode object : asked.path("objects")) {
      objects.add(upload(name, object.path("oid").asText(), object.path("size").asLong()));
    }
    HubServer.json(exchange, 200, answer.toString());
  }

  /** Where a content goes: nowhere where it is there already, in parts where it is large. */
  private ObjectNode upload(String name, String sha256, long size) {
    ObjectNode object = JSON.createObjectNode().put("oid", sha256).put("size", size);
    if (server.repositories.contents.containsKey(sha256)) {
      return object;
    }
    String lfs = server.endpoint() + "/" + name + ".git/info/lfs/objects/";
    ObjectNode actions = object.putObject("actions");
    ObjectNode upload = actions.putObject("upload");
    String place = server.storageEndpoint() + "/upload/" + sha256;
    if (size > PART) {
      upload.put("href", lfs + "complete/" + sha256);
      ObjectNode header = upload.putObject("header").put("chunk_size", Integer.toString(PART));
      for (int part = 1; (part - 1L) * PART < size; part++) {
        header.put("%05d".formatted(part), place + "/" + part);
      }
    } else {
      upload.put("href", place);
    }
    actions.putObject("verify").put("href", lfs + "verify");
    return object;
  }

  private void commit(HubRepositories.Repository repository, String branch, String head)
      throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF8);
    if (!mayWrite()) {
      return;
    }
    SortedMap<String, byte[]> files = new TreeMap<>(repository.commits.get(head));
    for (String line : body.lines().toList()) {
      JsonNode operation = JSON.readTree(line);
      JsonNode value = operation.path("value");
      switch (operation.path("key").asText()) {
        case "header" -> {
          if (value.has("parentCommit") && !value.path("parentCommit").asText().equals(head)) {
            refuse(412, "", "A commit has happened since. Please refresh and try again.");
            return;
          }
        }
        case "file" ->
            files.put(
                value.path("path").asText(),
                Base64.getDecoder().decode(value.path("content").asText()));
        case "lfsFile" -> {
          byte[] content = server.repositories.contents.get(value.path("oid").asText());
          if (content == null) {
            refuse(400, "", "Your push was rejected because an LFS pointer pointed to nothing");
            return;
          }
          files.put(value.path("path").asText(), content);
        }
        case "deletedFile" -> files.remove(value.path("path").asText());
        default -> throw new IOException("no such operation: " + line);
      }
    }
    String commit = repository.commit(branch, files);
    HubServer.json(
        exchange,
        200,
        JSON.createObjectNode()
            .put("success", true)
            .put("commitOid", commit)
            .put("commitUrl", server.endpoint() + "/commit/" + commit)
            .toString());
  }

  private void refuse(int status, String code, String message) throws IOException {
    exchange.getRequestBody().readAllBytes();
    if (!code.isEmpty()) {
      exchange.getResponseHeaders().set("X-Error-Code", code);
    }
    exchange.getResponseHeaders().set("X-Error-Message", message);
    HubServer.json(exchange, status, JSON.createObjectNode().put("error", message).toString());
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
