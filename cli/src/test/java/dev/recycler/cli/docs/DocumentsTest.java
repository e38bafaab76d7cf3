package dev.recycler.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.cli.Cli;
import dev.recycler.cli.Sessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What the documents tell people to type exists, and what they point at is there. */
class DocumentsTest {
  private static final Pattern LINK = Pattern.compile("\\[[^]\\[]*]\\(([^)\\s]+)\\)");
  private static final Pattern WORD =
      Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|'([^']*)'|[^\\s\"']+");

  @TempDir private Path folder;

  @Test
  void everyCommandInTheDocumentsParses() throws IOException {
    var wrong = new ArrayList<String>();
    int seen = 0;
    for (Path document : Documents.all()) {
      for (Documents.Line line : Documents.shellLines(document)) {
        List<String> words = words(line.text());
        if (!words.isEmpty() && words.getFirst().matches("(\\./)?recycler")) {
          seen++;
          complaint(words.subList(1, words.size()))
              .ifPresent(why -> wrong.add(line + "\n    " + why));
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(seen).isGreaterThan(20);
  }

  private Optional<String> complaint(List<String> arguments) {
    CommandLine root = new Cli(new Sessions(folder, Map.of()).session()).commandLine();
    if (arguments.contains("…") || arguments.contains("COMMAND")) {
      return unknownOption(root, arguments);
    }
    try {
      root.parseArgs(arguments.toArray(String[]::new));
      return Optional.empty();
    } catch (ParameterException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** Of a line with a part left out only the names can be checked. */
  private static Optional<String> unknownOption(CommandLine root, List<String> words) {
    CommandLine command = root;
    for (String word : words) {
      if (word.startsWith("-")) {
        String name = word.replaceFirst("=.*", "");
        if (command.getCommandSpec().findOption(name) == null) {
          return Optional.of(command.getCommandName() + " has no " + name);
        }
      } else {
        command = command.getSubcommands().getOrDefault(word, command);
      }
    }
    return Optional.empty();
  }

  /** The words of the first command of a line, without its comment. */
  private static List<String> words(String line) {
    var words = new ArrayList<String>();
    for (MatchResult match : WORD.matcher(line).results().toList()) {
      String word = match.group();
      if (word.startsWith("#") || word.matches("[|;&<>]+.*|\\d?>.*|&&")) {
        break;
      }
      words.add(
          match.group(1) != null
              ? match.group(1)
              : match.group(2) != null ? match.group(2) : word.replaceFirst(";$", ""));
    }
    return words;
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    var wrong = new ArrayList<String>();
    for (Path document : Documents.all()) {
      for (MatchResult link : LINK.matcher(Files.readString(document)).results().toList()) {
        String target = link.group(1);
        if (!target.matches("[a-z]+:.*") && !leads(document, target)) {
          wrong.add(Documents.CHECKOUT.relativize(document) + ": " + target);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static boolean leads(Path document, String target) throws IOException {
    String[] parts = target.split("#", 2);
    Path file = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]).normalize();
    return Files.exists(file) && (parts.length == 1 || anchors(file).contains(parts[1]));
  }

  /** The anchors that headings get, as GitHub makes them. */
  private static Set<String> anchors(Path file) throws IOException {
    var anchors = new HashSet<String>();
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("#")) {
        anchors.add(
            line.replaceFirst("^#+\\s*", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}\\s_-]", "")
                .replace(' ', '-'));
      }
    }
    return anchors;
  }
}
