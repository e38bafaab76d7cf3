package dev.recycler.cli.doctor;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.series.SeriesFiles;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.cli.terminal.Ink;
import dev.recycler.cli.terminal.Terminal;
import dev.recycler.cli.terminal.Width;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code recycler doctor}. */
@Command(
    name = "doctor",
    description = "Look whether this machine has what recycler needs.",
    footerHeading = "%nExamples%n",
    footer = {
      "  recycler doctor",
      "  recycler doctor series.yaml",
      "  recycler doctor --json",
      "",
      "With a series file its tools are looked at too, each in its own environment,",
      "which takes up to a minute a tool."
    })
public final class DoctorCommand implements Callable<Integer> {
  private static final int TEXT_COLUMN = 19;

  private final Session session;

  @Mixin private ServerOptions server;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "A series file whose tools are looked at too.")
  private Path file;

  @Option(names = "--json", description = "Print the findings as JSON.")
  private boolean json;

  DoctorCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Optional<SeriesSpec> spec =
        Optional.ofNullable(file).map(written -> SeriesFiles.read(written, session.places()));
    List<Finding> findings = new Examination(session.places(), server).run(spec);
    if (json) {
      session
          .console()
          .print(
              new ObjectMapper()
                  .enable(SerializationFeature.INDENT_OUTPUT)
                  .writeValueAsString(findings));
    } else {
      findings.forEach(this::print);
    }
    boolean failed = findings.stream().anyMatch(f -> f.verdict() == Finding.Verdict.FAIL);
    return (failed ? ExitCode.ENVIRONMENT : ExitCode.OK).code();
  }

  private void print(Finding finding) {
    Terminal terminal = session.data();
    String mark =
        switch (finding.verdict()) {
          case OK -> terminal.paint(Ink.GOOD, "ok  ");
          case WARN -> terminal.paint(Ink.WARN, "warn");
          case FAIL -> terminal.paint(Ink.BAD, "fail");
        };
    int room = terminal.width() - TEXT_COLUMN;
    List<String> lines = new ArrayList<>(Width.wrap(finding.found(), room));
    if (finding.remedy() != null) {
      lines.addAll(Width.wrap(finding.remedy(), room));
    }
    session
        .console()
        .print(mark + "  " + Width.left(finding.name(), 12) + " " + lines.removeFirst());
    lines.forEach(line -> session.console().print(" ".repeat(TEXT_COLUMN) + line));
  }
}
