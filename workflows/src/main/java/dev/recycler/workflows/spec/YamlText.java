package dev.recycler.workflows.spec;

import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** YAML 1.2 text as a tree whose nodes know their lines. */
final class YamlText {
  private static final int MOST_CHARACTERS = SeriesFile.LARGEST;
  private static final int MOST_LEVELS = 32;
  private static final int MOST_ALIASES = 1000;

  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setSchema(new CoreSchema())
          .setCodePointLimit(MOST_CHARACTERS)
          // Reported by the reader, together with everything else.
          .setAllowDuplicateKeys(true)
          .build();

  private YamlText() {}

  /** The root node, or nothing and a problem. */
  static Optional<Node> compose(String text, Problems problems) {
    if (text.length() > MOST_CHARACTERS) {
      problems.add(
          Optional.empty(), "", "is larger than 1 MiB, which is no series file; see what it holds");
      return Optional.empty();
    }
    try {
      if (!isModest(text, problems)) {
        return Optional.empty();
      }
      Optional<Node> root = new Compose(SETTINGS).composeString(text);
      if (root.isEmpty()) {
        problems.add(
            Optional.empty(),
            "",
            "is empty; a series file has at least the keys series, store, releases and finetune");
      }
      return root;
    } catch (MarkedYamlEngineException e) {
      problems.add(
          e.getProblemMark().or(e::getContextMark), "", "is not YAML: " + oneLine(problem(e)));
      return Optional.empty();
    } catch (YamlEngineException e) {
      problems.add(Optional.empty(), "", "is not YAML: " + oneLine(e.getMessage()));
      return Optional.empty();
    }
  }

  /** Looks at the flat stream of events first: the tree is built by recursion. */
  private static boolean isModest(String text, Problems problems) {
    int level = 0;
    int aliases = 0;
    for (Event event : new Parse(SETTINGS).parseString(text)) {
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> level++;
        case MappingEnd, SequenceEnd -> level--;
        case Alias -> aliases++;
        default -> {}
      }
      if (level > MOST_LEVELS || aliases > MOST_ALIASES) {
        problems.add(
            event.getStartMark(),
            "",
            level > MOST_LEVELS
                ? "lists and mappings are nested more than %d deep here".formatted(MOST_LEVELS)
                : "there are more than %d aliases (*name)".formatted(MOST_ALIASES));
        return false;
      }
    }
    return true;
  }

  /** Some problems are the second half of a sentence. */
  private static String problem(MarkedYamlEngineException e) {
    boolean half = e.getProblem() != null && e.getProblem().startsWith("but ");
    return half ? e.getContext() + ", " + e.getProblem() : e.getProblem();
  }

  private static String oneLine(String message) {
    return message == null ? "it can't be read" : message.strip().replaceAll("\\s+", " ");
  }
}
