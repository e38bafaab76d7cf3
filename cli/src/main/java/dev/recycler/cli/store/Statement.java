package dev.recycler.cli.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.recycler.activities.store.FileDigest;
import dev.recycler.activities.store.LineageNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a record tells, as an in-toto statement with SLSA provenance, for the signing tool of
 * whoever owns the key.
 *
 * @see <a
 *     href="https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md">Statement</a>
 * @see <a href="https://slsa.dev/spec/v1.0/provenance">Provenance</a>
 */
final class Statement {
  /** Content digests are recycler's own: of a folder's files, names and bytes. */
  private static final String CONTENT_DIGEST = "recyclerContentSha256";

  private Statement() {}

  /** The statement over every file that the record of a node lists. */
  static Map<String, Object> of(LineageNode node) {
    Map<String, Object> statement = new LinkedHashMap<>();
    statement.put("_type", "https://in-toto.io/Statement/v1");
    statement.put(
        "subject",
        FileDigest.inRecord(node.record()).values().stream()
            .map(file -> Map.of("name", file.path(), "digest", Map.of("sha256", file.sha256())))
            .toList());
    statement.put("predicateType", "https://slsa.dev/provenance/v1");
    statement.put(
        "predicate", Map.of("buildDefinition", definition(node), "runDetails", run(node)));
    return statement;
  }

  private static Map<String, Object> definition(LineageNode node) {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("buildType", "urn:recycler:" + node.kind());
    definition.put("externalParameters", node.record().path("parameters"));
    Map<String, Object> internal = new LinkedHashMap<>();
    internal.put("formula", node.formula());
    copy(node.record(), internal, "commands", "commands");
    copy(node.record(), internal, "versions", "versions");
    definition.put("internalParameters", internal);
    List<Object> inputs = new ArrayList<>();
    for (LineageNode.Input input : node.inputs()) {
      Map<String, Object> dependency = new LinkedHashMap<>();
      dependency.put("name", input.role());
      if (!input.node().path().toString().isEmpty()) {
        dependency.put("uri", input.node().path().toUri().toString());
      }
      if (!input.node().digest().isEmpty()) {
        dependency.put("digest", Map.of(CONTENT_DIGEST, input.node().digest()));
      }
      dependency.put("annotations", Map.of("is", input.node().name()));
      inputs.add(dependency);
    }
    definition.put("resolvedDependencies", inputs);
    return definition;
  }

  private static Map<String, Object> run(LineageNode node) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    copy(node.record(), metadata, "fingerprint", "invocationId");
    copy(node.record(), metadata, "started", "startedOn");
    copy(node.record(), metadata, "finished", "finishedOn");
    return Map.of("builder", Map.of("id", "urn:recycler"), "metadata", metadata);
  }

  private static void copy(JsonNode record, Map<String, Object> to, String key, String as) {
    if (record.hasNonNull(key)) {
      to.put(as, record.get(key));
    }
  }
}
