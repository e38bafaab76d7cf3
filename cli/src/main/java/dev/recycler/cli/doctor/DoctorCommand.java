package dev.recycler.cli.doctor;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.series.SeriesFiles;
import dev.recycler.cli.server.ServerOptions;
import dev.recycler.workflows.spec.SeriesSpec;
import java.io.IOException;
import java.nio.file.Path;
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
      "With a series file its tools are looked at too, each in its own environment, which takes up",
      "to a minute a tool."
    })
public final class DoctorCommand implements Callable<Integer> {
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
    boolean color = session.console().colorOut();
    String mark =
        switch (finding.verdict()) {
          case OK -> color ? "\u001b[32mok\u001b[0m  " : "ok  ";
          case WARN -> color ? "\u001b[33mwarn\u001b[0m" : "warn";
          case FAIL -> color ? "\u001b[31mfail\u001b[0m" : "fail";
        };
    session.console().print(String.format("%s  %-12s %s", mark, finding.name(), finding.found()));
    if (finding.remedy() != null) {
      session.console().print(" ".repeat(19) + finding.remedy());
    }
  }
}
