package dev.recycler.cli.report;

import dev.recycler.cli.terminal.Terminal;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The forms a report comes in. */
public enum ReportFormat {
  /** Tables and bars for a terminal, as wide as it is. */
  TERMINAL("txt") {
    @Override
    public String render(Report report, Terminal terminal) {
      return new TerminalReport(report, terminal).render();
    }
  },
  /** GitHub-flavoured Markdown. */
  MARKDOWN("md") {
    @Override
    public String render(Report report, Terminal terminal) {
      return new MarkdownReport(report).render();
    }
  },
  /** One line a score, RFC 4180, raw values as the harness gives them. */
  CSV("csv") {
    @Override
    public String render(Report report, Terminal terminal) {
      return new CsvReport(report).render();
    }
  },
  /** One {@code table} environment an evaluation, for the packages booktabs and longtable. */
  LATEX("tex") {
    @Override
    public String render(Report report, Terminal terminal) {
      return new LatexReport(report).render();
    }
  },
  /** The {@link Report} record itself. */
  JSON("json") {
    @Override
    public String render(Report report, Terminal terminal) {
      return JsonReport.render(report);
    }
  },
  /** One self-contained page: no script, nothing loaded from anywhere. */
  HTML("html") {
    @Override
    public String render(Report report, Terminal terminal) {
      return new HtmlReport(report, terminal.zone()).render();
    }
  };

  private final String extension;

  ReportFormat(String extension) {
    this.extension = extension;
  }

  /** The usual ending of a file of this format, without the dot. */
  public String extension() {
    return extension;
  }

  /** The name that a user types, e.g. {@code markdown}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The format of this name or file ending. */
  public static Optional<ReportFormat> named(String name) {
    return Stream.of(values())
        .filter(format -> format.key().equals(name) || format.extension.equals(name))
        .findFirst();
  }

  /**
   * The report's text, ending with a line feed.
   *
   * @param terminal for {@link #TERMINAL} where it is shown; for {@link #HTML} only its time zone
   *     counts, for the other formats nothing of it
   */
  public abstract String render(Report report, Terminal terminal);
}
