package dev.recycler.cli.terminal;

/** One line of a screen: what is added is cut where the terminal ends. */
public final class Line {
  private final Terminal terminal;
  private final StringBuilder text = new StringBuilder();
  private int columns;

  public Line(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Adds text in an ink. */
  public Line add(Ink ink, String added) {
    String fitting =
        Width.fit(terminal.text(Width.safe(added)), terminal.width() - columns, terminal);
    text.append(terminal.paint(ink, fitting));
    columns += Width.of(fitting);
    return this;
  }

  public Line add(String added) {
    return add(Ink.PLAIN, added);
  }

  /** Adds a bar. */
  public Line bar(double share, int length) {
    int fitting = Math.min(length, terminal.width() - columns);
    text.append(terminal.bar(share, fitting));
    columns += fitting;
    return this;
  }

  /** Fills up with blanks to a column, counted from 0. */
  public Line to(int column) {
    return add(" ".repeat(Math.max(0, Math.min(column, terminal.width()) - columns)));
  }

  /** Columns taken so far. */
  public int columns() {
    return columns;
  }

  /** The line without blanks at its end. */
  @Override
  public String toString() {
    return text.toString().stripTrailing();
  }
}
