package dev.recycler.activities.merge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;

/** Writes the {@code recycler.json} of a model that a command made: what it came from, and how. */
final class Lineage {
  static final String NAME = "recycler.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private Lineage() {}

  static void write(MergeRequest request, MergeReport report, MergeReport.Output output)
      throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("operation", "merge");
    json.put("formula", "target + scale * (finetuned - base)");
    json.put("tool", "recycler");
    json.put("version", Version.get());
    json.put("java", Runtime.version().toString());
    json.put("finished", Instant.now().toString());
    json.put("seconds", report.seconds());
    ObjectNode parameters = json.putObject("parameters");
    parameters.put("scale", output.scale());
    parameters.put("load", request.load().name());
    request.dtype().ifPresent(dtype -> parameters.put("dtype", dtype.name()));
    parameters.put("embeddings", request.embeddings().name());
    request.include().forEach(parameters.withArray("include")::add);
    request.exclude().forEach(parameters.withArray("exclude")::add);
    request.scaleFor().forEach(parameters.withObject("/scale_for")::put);
    parameters.put("kernels", report.kernels());
    ObjectNode inputs = json.putObject("inputs");
    request.base().ifPresent(base -> inputs.put("base", place(base)));
    inputs.put("finetuned", place(request.finetuned()));
    inputs.put("target", place(request.target()));
    report.notes().forEach(json.withArray("notes")::add);
    ObjectNode files = json.putObject("files");
    for (MergeReport.OutputFile file : output.files()) {
      files.putObject(file.name()).put("bytes", file.bytes()).put("sha256", file.sha256());
    }
    new SidecarFiles(output.folder())
        .write(NAME, (json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8));
    StagedFolder.sync(output.folder());
  }

  private static String place(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }
}
