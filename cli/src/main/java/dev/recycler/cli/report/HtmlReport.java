package dev.recycler.cli.report;

import java.time.ZoneId;

/** A report as one page. */
final class HtmlReport {
  private final Report report;

  HtmlReport(Report report, ZoneId zone) {
    this.report = report;
  }

  String render() {
    return "<!DOCTYPE html><title>" + report.series() + "</title>\n";
  }
}
