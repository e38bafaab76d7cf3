package dev.recycler.cli.doctor;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import dev.recycler.cli.server.ServerOptions;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code recycler doctor}. */
@Command(
    name = "doctor",
    description = "Look whether this machine has what recycler needs.",
    footerHeading = "%nExamples%n",
    footer = {"  recycler doctor", "  recycler doctor --json"})
public final class DoctorCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerOptions server;

  @Option(names = "--json", description = "Print the findings as JSON.")
  private boolean json;

  DoctorCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Finding> findings = new Examination(session.places(), server).run();
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
