package dev.recycler.workflows.spec;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One value of a YAML file, read as what it has to be. Every reading that fails leaves a problem
 * and gives nothing.
 *
 * @param key path of the value's key
 */
public record Value(Node node, String key, Problems problems, Surroundings surroundings) {
  private static final Pattern VARIABLE = Pattern.compile("\\$(\\$\\{)|\\$\\{([^}]*)\\}");

  public void problem(String message) {
    problems.add(node.getStartMark(), key, message);
  }

  int line() {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  /** A text or number or truth value, as it is written, variables filled in. */
  public Optional<String> text() {
    return text("give it a value or remove the line");
  }

  /** Whether nothing is written there, as in {@code NAME:}. */
  public boolean isEmpty() {
    return node.getTag().equals(Tag.NULL);
  }

  /**
   * The same.
   *
   * @param whenEmpty what would be right where there is nothing
   */
  Optional<String> text(String whenEmpty) {
    if (!(node instanceof ScalarNode scalar)) {
      problem(
          "must be one value, not a %s"
              .formatted(node instanceof SequenceNode ? "list" : "mapping"));
      return Optional.empty();
    }
    if (scalar.getTag().equals(Tag.NULL) || scalar.getValue().isBlank()) {
      problem("is empty; " + whenEmpty);
      return Optional.empty();
    }
    if (scalar.getTag().equals(Tag.BOOL)) {
      return Optional.of(scalar.getValue().toLowerCase(Locale.ROOT));
    }
    return filledIn(scalar.getValue());
  }

  /** A name of letters, digits, {@code _} and {@code -}. */
  Optional<String> name() {
    return text()
        .filter(
            name -> {
              boolean good = name.matches(Release.NAME);
              if (!good) {
                problem(
                    ("\"%s\" is not a name; use up to 64 letters, digits, _ and -, the first a"
                            + " letter or digit")
                        .formatted(name));
              }
              return good;
            });
  }

  /** One of a few words. */
  public Optional<String> oneOf(String what, List<String> words) {
    return oneOf(what, words, word -> word);
  }

  /** One of a few choices, by the word for it. */
  <E> Optional<E> oneOf(String what, List<E> choices, Function<E, String> wordFor) {
    return text().flatMap(text -> oneOf(text, what, choices, wordFor));
  }

  /** The same of a word that is a part of the text. */
  Optional<String> oneOf(String text, String what, List<String> words) {
    return oneOf(text, what, words, word -> word);
  }

  private <E> Optional<E> oneOf(
      String text, String what, List<E> choices, Function<E, String> wordFor) {
    List<String> words = choices.stream().map(wordFor).toList();
    Optional<E> choice =
        choices.stream().filter(each -> wordFor.apply(each).equals(text)).findFirst();
    // Without any choice, what offers them is wrong, and has been said to be.
    if (choice.isEmpty() && !words.isEmpty()) {
      problem(
          "\"%s\" is not %s; %s"
              .formatted(
                  text,
                  what,
                  Nearest.to(text, words)
                      .map("did you mean \"%s\"?"::formatted)
                      .orElse("use " + anyOf(words))));
    }
    return choice;
  }

  /** A finite number. */
  public Optional<Double> number() {
    Optional<String> text = text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Tag tag = node.getTag();
    if (!tag.equals(Tag.INT) && !tag.equals(Tag.FLOAT)) {
      problem(
          "\"%s\" is not a number; write one such as 0.5, without quotes".formatted(text.get()));
      return Optional.empty();
    }
    try {
      double number = Double.parseDouble(text.get());
      if (Double.isFinite(number)) {
        return Optional.of(number);
      }
    } catch (NumberFormatException e) {
      // .inf, .nan and 0x1f are numbers to YAML.
    }
    problem("%s is not a finite decimal number; write one such as 0.5".formatted(text.get()));
    return Optional.empty();
  }

  /** The elements of a list. */
  List<Value> list() {
    if (node instanceof SequenceNode sequence) {
      List<Node> elements = sequence.getValue();
      return IntStream.range(0, elements.size())
          .mapToObj(i -> new Value(elements.get(i), key + "[" + i + "]", problems, surroundings))
          .toList();
    }
    problem("must be a list; write its elements as \"- …\" lines or in [ ]");
    return List.of();
  }

  /**
   * The elements of a list that holds at least one.
   *
   * @param whenEmpty what to say where it holds none
   */
  List<Value> list(String whenEmpty) {
    if (node instanceof SequenceNode sequence && sequence.getValue().isEmpty()) {
      problem(whenEmpty);
    }
    return list();
  }

  /** The same, where a single element may be written without being in a list. */
  public List<Value> listOrOne(String whenEmpty) {
    return node instanceof ScalarNode ? List.of(this) : list(whenEmpty);
  }

  private static String anyOf(List<String> words) {
    return words.size() == 1
        ? words.getFirst()
        : String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast();
  }

  private Optional<String> filledIn(String text) {
    StringBuilder filled = new StringBuilder();
    boolean whole = true;
    Matcher matcher = VARIABLE.matcher(text);
    while (matcher.find()) {
      String value = matcher.group(1);
      if (value == null) {
        value = surroundings.variable(matcher.group(2));
      }
      if (value == null) {
        problem(
            "the environment variable %s is not set; set it, or write its value here"
                .formatted(matcher.group(2)));
        whole = false;
        value = "";
      }
      matcher.appendReplacement(filled, Matcher.quoteReplacement(value));
    }
    matcher.appendTail(filled);
    return whole ? Optional.of(filled.toString()) : Optional.empty();
  }
}
