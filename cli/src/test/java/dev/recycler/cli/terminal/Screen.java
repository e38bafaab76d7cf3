package dev.recycler.cli.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a terminal shows after all that was written to it: line feeds, carriage returns, cursor up,
 * clear to the end of the line and of the screen. Colours are passed over.
 */
public final class Screen {
  private static final Pattern TOKEN =
      Pattern.compile("\u001b\\[([?\\d;]*)([A-Za-z])|\n|\r|[^\u001b\n\r]+");

  private final List<String> lines = new ArrayList<>(List.of(""));
  private int row;
  private int column;

  private Screen() {}

  /** The lines, the last of them the one where the cursor is or was. */
  public static List<String> after(String written) {
    Screen screen = new Screen();
    Matcher token = TOKEN.matcher(written);
    while (token.find()) {
      if (token.group(2) != null) {
        screen.control(token.group(1), token.group(2));
      } else if (token.group().equals("\n")) {
        screen.lineFeed();
      } else if (token.group().equals("\r")) {
        screen.column = 0;
      } else {
        screen.put(token.group());
      }
    }
    return List.copyOf(screen.lines);
  }

  private void control(String argument, String what) {
    switch (what) {
      case "A" -> {
        row -= argument.isEmpty() ? 1 : Integer.parseInt(argument);
        column = 0;
      }
      case "K" -> cut();
      case "J" -> {
        cut();
        lines.subList(row + 1, lines.size()).clear();
      }
      case "m", "h", "l" -> {
        // Colours, and whether the cursor is shown.
      }
      default -> throw new IllegalArgumentException("unknown to this screen: " + what);
    }
  }

  private void cut() {
    String line = lines.get(row);
    lines.set(row, line.substring(0, Math.min(column, line.length())));
  }

  private void lineFeed() {
    row++;
    column = 0;
    if (row == lines.size()) {
      lines.add("");
    }
  }

  private void put(String text) {
    StringBuilder line = new StringBuilder(lines.get(row));
    line.append(" ".repeat(Math.max(0, column - line.length())));
    line.replace(column, Math.min(line.length(), column + text.length()), text);
    lines.set(row, line.toString());
    column += text.length();
  }
}
