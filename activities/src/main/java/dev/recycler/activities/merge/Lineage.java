package dev.recycler.activities.merge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.recycler.activities.store.Folders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** The {@code recycler.json} of what a command made: what it came from, and how. */
final class Lineage {
  static final String NAME = "recycler.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ObjectNode json = JSON.createObjectNode();
  private final ObjectNode parameters;

  private Lineage(String operation, String formula, MergeRequest request) {
    json.put("operation", operation);
    json.put("formula", formula);
    json.put("tool", "recycler");
    json.put("version", Version.get());
    json.put("java", Runtime.version().toString());
    json.put("finished", Instant.now().toString());
    parameters = json.putObject("parameters");
    parameters.put("load", request.sum().load().name());
    request.form().dtype().ifPresent(dtype -> parameters.put("dtype", dtype.name()));
    parameters.put("embeddings", request.tensors().embeddings().name());
    request.tensors().include().forEach(parameters.withArray("include")::add);
    request.tensors().exclude().forEach(parameters.withArray("exclude")::add);
  }

  /** Writes that of one output of a merge. */
  static void ofMerge(
      MergeRequest request,
      List<InputIdentity> inputs,
      MergeReport report,
      MergeReport.Output output)
      throws IOException {
    var lineage = new Lineage("merge", "target + scale * (finetuned - base)", request);
    lineage.json.put("seconds", report.seconds());
    lineage.parameters.put("scale", output.scale());
    request.sum().scaleFor().forEach(lineage.parameters.withObject("/scale_for")::put);
    lineage.parameters.put("kernels", report.kernels());
    lineage.write(output.folder(), inputs, report.notes(), output.files());
  }

  /** Writes that of a difference. */
  static void ofDiff(
      MergeRequest request,
      Path folder,
      List<InputIdentity> inputs,
      List<String> notes,
      List<MergeReport.OutputFile> files)
      throws IOException {
    new Lineage("diff", "finetuned - base", request).write(folder, inputs, notes, files);
  }

  private void write(
      Path folder,
      List<InputIdentity> inputs,
      List<String> notes,
      List<MergeReport.OutputFile> files)
      throws IOException {
    ObjectNode from = json.putObject("inputs");
    inputs.forEach(input -> from.set(input.role(), input.json()));
    notes.forEach(json.withArray("notes")::add);
    ObjectNode made = json.putObject("files");
    for (MergeReport.OutputFile file : files) {
      made.putObject(file.name()).put("bytes", file.bytes()).put("sha256", file.sha256());
    }
    new SidecarFiles(folder)
        .write(NAME, (json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8));
    Folders.force(folder);
  }
}
