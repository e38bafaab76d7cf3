package dev.recycler.cli.models;

import dev.recycler.activities.merge.Analysis;
import dev.recycler.activities.merge.MergeEngine;
import dev.recycler.activities.merge.MergePreview;
import dev.recycler.activities.merge.MergeReport;
import dev.recycler.activities.merge.MergeRequest;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.terminal.Sizes;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** How a merge is run and told about. */
final class OutputOptions {
  private final Session session;

  @Option(names = "--dry-run", description = "Check everything and say what would be done.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print the report as JSON.")
  private boolean json;

  OutputOptions(Session session) {
    this.session = session;
  }

  /** What is done with the measurements of a merge, where it makes them. */
  interface Measured {
    void accept(Analysis analysis) throws IOException;
  }

  /** Merges, or tells what it would do; returns the exit code. */
  int run(CommandSpec spec, MergeRequest request, Measured measured)
      throws IOException, InterruptedException {
    if (dryRun) {
      preview(spec, MergeEngine.preview(request));
      return Models.OK;
    }
    MergeReport report;
    try (var progress = new MergeProgressLine(session)) {
      report = MergeEngine.run(request, progress);
    }
    if (report.analysis().isPresent()) {
      measured.accept(report.analysis().get());
    }
    if (json) {
      Models.printJson(spec, asJson(report));
    } else {
      tell(spec, report);
    }
    return Models.OK;
  }

  private void preview(CommandSpec spec, MergePreview preview) throws IOException {
    if (json) {
      Models.printJson(spec, preview);
      return;
    }
    Models.print(
        spec,
        "%d tensors, %d of them merged, %,d values; %s to read and write, %s of weights in %d %s; %s kernels"
            .formatted(
                preview.tensors(),
                preview.merged(),
                preview.values(),
                Sizes.of(preview.bytesToMove()),
                Sizes.of(preview.outputBytes()),
                preview.files().size(),
                preview.files().size() == 1 ? "file" : "files",
                preview.kernels()));
    preview.padded().forEach(name -> Models.print(spec, "rows differ: " + name));
    preview.notes().forEach(note -> Models.print(spec, "note: " + note));
  }

  private void tell(CommandSpec spec, MergeReport report) {
    for (MergeReport.Output output : report.outputs()) {
      Models.print(
          spec,
          "%s  scale %s  %s".formatted(output.folder(), output.scale(), Sizes.of(output.bytes())));
    }
    Models.say(
        spec,
        String.format(
            Locale.ROOT,
            "%d tensors, %,d values, %s read, %.1f s, %s kernels",
            report.tensors(),
            report.values(),
            Sizes.of(report.bytesRead()),
            report.seconds(),
            report.kernels()));
    report.padded().forEach(name -> Models.say(spec, "rows settled: " + name));
    report.notes().forEach(note -> Models.say(spec, "note: " + note));
    report
        .analysis()
        .ifPresent(analysis -> Models.print(spec, AnalysisText.table(analysis, session.data())));
  }

  private static Map<String, Object> asJson(MergeReport report) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("outputs", report.outputs().stream().map(OutputOptions::asJson).toList());
    json.put("tensors", report.tensors());
    json.put("values", report.values());
    json.put("bytesRead", report.bytesRead());
    json.put("seconds", report.seconds());
    json.put("kernels", report.kernels());
    json.put("padded", report.padded());
    json.put("notes", report.notes());
    report.analysis().ifPresent(analysis -> json.put("analysis", AnalysisText.json(analysis)));
    return json;
  }

  private static Map<String, Object> asJson(MergeReport.Output output) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("scale", output.scale());
    json.put("folder", output.folder().toAbsolutePath().toString());
    json.put("bytes", output.bytes());
    json.put("files", output.files());
    return json;
  }
}
