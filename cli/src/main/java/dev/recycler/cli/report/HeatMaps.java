package dev.recycler.cli.report;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The transfers of one table as heat maps: which Δ gains how much on which target, over the target
 * as it is and over plain fine-tuning. They are tables whose cells are tinted, so what a colour
 * says stands in the cell as well.
 */
final class HeatMaps {
  private static final int TINTS = 5;

  private final TransferTable table;
  private final Markup page;
  private final HtmlTables tables;

  HeatMaps(TransferTable table, Markup page, HtmlTables tables) {
    this.table = table;
    this.page = page;
    this.tables = tables;
  }

  void write() {
    if (table.hasBases() || !table.hasPlain()) {
      map("Gain over M_t", TransferTable.Entry::overBase);
    }
    if (table.hasPlain()) {
      map("Gain over FT(M_t)", TransferTable.Entry::overPlain);
    }
    page.element(
        "p",
        "In each cell the gain, + where it is better, and the score; ▲ a gain, ▼ a loss beyond"
            + " noise"
            + table.gaps()
            + ".",
        "class",
        "legend");
  }

  private void map(String what, Function<TransferTable.Entry, Gain> gainOf) {
    double most =
        table
            .entries()
            .map(gainOf)
            .flatMap(Stream::ofNullable)
            .mapToDouble(gain -> Math.abs(gain.difference()))
            .max()
            .orElse(0);
    page.open("h3");
    tables.label(what);
    page.closeLine();
    tables.open(
        table.title() + ": " + what.replace("_", "") + ", with scores",
        "heat scores",
        "Δ added to",
        table.targets());
    for (int i = 0; i < table.references().size(); i++) {
      references(table.referenceLabels().get(i), table.references().get(i));
    }
    for (TransferTable.Row row : table.rows()) {
      page.open("tr").open("th", "scope", "row");
      tables.label(row.label());
      page.close();
      row.entries().forEach(entry -> cell(entry, gainOf.apply(entry), most));
      page.closeLine();
    }
    tables.close();
  }

  private void references(String label, List<Cell> cells) {
    page.open("tr", "class", "reference").open("th", "scope", "row");
    tables.label(label);
    page.close();
    for (Cell cell : cells) {
      page.element("td", score(cell), "class", cell.scored() ? null : "gap " + cell.state().key());
    }
    page.closeLine();
  }

  private void cell(TransferTable.Entry entry, Gain gain, double most) {
    Cell cell = entry.cell();
    if (!cell.scored()) {
      page.element("td", cell.state().word(), "class", "gap " + cell.state().key());
      return;
    }
    page.open("td", "class", gain == null ? null : tint(gain, most));
    if (gain != null) {
      String beyond =
          switch (gain.verdict()) {
            case BETTER -> "▲ ";
            case WORSE -> "▼ ";
            case WITHIN_NOISE, NOT_JUDGED -> "";
          };
      page.element("b", beyond + gain.text(table.scale()));
    }
    page.element("small", score(cell)).close();
  }

  /**
   * {@code up-1} to {@code up-5}, {@code down-1} to {@code down-5}, by the table's largest gain.
   */
  private static String tint(Gain gain, double most) {
    int strength =
        most == 0 ? 0 : (int) Math.ceil(TINTS * Math.abs(gain.difference()) / most - 1e-9);
    return strength == 0 ? "even" : (gain.difference() > 0 ? "up-" : "down-") + strength;
  }

  private String score(Cell cell) {
    return cell.scored()
        ? table.scale().text(cell.value())
            + (cell.standardError() == null ? "" : " ± " + table.scale().text(cell.standardError()))
        : cell.state().word();
  }
}
