package dev.recycler.cli.terminal;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.Map;

/** Text for places that show nothing but ASCII. */
public final class Ascii {
  private static final Map<Integer, String> INSTEAD =
      Map.ofEntries(
          Map.entry((int) '→', "->"),
          Map.entry((int) '·', "*"),
          Map.entry((int) '×', "x"),
          Map.entry((int) '−', "-"),
          Map.entry((int) '–', "-"),
          Map.entry((int) '—', "-"),
          Map.entry((int) '…', "..."),
          Map.entry((int) '±', "+-"),
          Map.entry((int) 'Δ', "diff"),
          Map.entry((int) 'λ', "lambda"),
          Map.entry((int) '≥', ">="),
          Map.entry((int) '≤', "<="),
          Map.entry((int) '✓', "ok"),
          Map.entry((int) '’', "'"));

  private Ascii() {}

  /** The text with the nearest of ASCII; what has none is a question mark. */
  public static String of(String text) {
    if (text.chars().allMatch(c -> c < 128)) {
      return text;
    }
    StringBuilder ascii = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            point ->
                ascii.append(
                    point < 128 ? Character.toString(point) : INSTEAD.getOrDefault(point, "?")));
    return ascii.toString();
  }

  /** A writer that passes on nothing else. */
  public static Writer writer(Writer to) {
    return new Folding(to);
  }

  private static final class Folding extends FilterWriter {
    Folding(Writer to) {
      super(to);
    }

    @Override
    public void write(int character) throws IOException {
      out.write(of(Character.toString(character)));
    }

    @Override
    public void write(char[] text, int from, int length) throws IOException {
      out.write(of(new String(text, from, length)));
    }

    @Override
    public void write(String text, int from, int length) throws IOException {
      out.write(of(text.substring(from, from + length)));
    }
  }
}
