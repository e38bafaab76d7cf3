package dev.recycler.cli.report;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Well-formed markup that is HTML and XML at once: every text escaped, every element closed, and
 * only those closed in their tags that HTML calls void or that are SVG.
 */
final class Markup {
  private final StringBuilder text = new StringBuilder("<!DOCTYPE html>\n");
  private final Deque<String> open = new ArrayDeque<>();

  /** Opens an element; attributes are names and values in turn, a null value leaves one out. */
  Markup open(String tag, String... attributes) {
    start(tag, attributes);
    text.append('>');
    open.push(tag);
    return this;
  }

  /** Closes the element that was opened last. */
  Markup close() {
    text.append("</").append(open.pop()).append('>');
    return this;
  }

  /** Closes it and ends the line, for elements that stand on lines of their own. */
  Markup closeLine() {
    close();
    text.append('\n');
    return this;
  }

  /** An element without content: void in HTML, or of SVG. */
  Markup empty(String tag, String... attributes) {
    start(tag, attributes);
    text.append("/>");
    return this;
  }

  /** An element with nothing but text in it. */
  Markup element(String tag, String content, String... attributes) {
    return open(tag, attributes).text(content).close();
  }

  Markup text(String content) {
    escape(content);
    return this;
  }

  /** The page's own style sheet, which is text of ours and has nothing to escape. */
  Markup style(String css) {
    text.append("<style>\n").append(css).append("</style>\n");
    return this;
  }

  /** The page's own script, which is text of ours without the characters that XML reserves. */
  Markup script(String js) {
    text.append("<script>").append(js).append("</script>\n");
    return this;
  }

  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("not closed: " + open);
    }
    return text.toString();
  }

  private void start(String tag, String... attributes) {
    text.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      if (attributes[i + 1] != null) {
        text.append(' ').append(attributes[i]).append("=\"");
        escape(attributes[i + 1]);
        text.append('"');
      }
    }
  }

  private void escape(String content) {
    content
        .codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '&' -> text.append("&amp;");
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '"' -> text.append("&quot;");
                default -> text.appendCodePoint(allowed(point) ? point : 0xFFFD);
              }
            });
  }

  /** Whether XML may hold the character at all. */
  private static boolean allowed(int point) {
    return point == '\n'
        || point == '\t'
        || (point >= 0x20 && point < 0x7F)
        || (point >= 0xA0 && point <= 0xD7FF)
        || (point >= 0xE000 && point <= 0xFFFD)
        || point > 0xFFFF;
  }
}
