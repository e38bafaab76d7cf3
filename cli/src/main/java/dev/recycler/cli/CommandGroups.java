package dev.recycler.cli;

import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;

/** The list of commands in the help, grouped by what people do. */
final class CommandGroups {
  private static final Map<String, List<String>> GROUPS = new LinkedHashMap<>();

  static {
    GROUPS.put("Start", List.of("quickstart", "doctor", "init", "plan", "start"));
    GROUPS.put("Follow", List.of("list", "status", "logs", "report"));
    GROUPS.put(
        "Steer",
        List.of(
            "pause",
            "resume",
            "retry",
            "skip",
            "approve",
            "add-release",
            "update",
            "finish",
            "cancel"));
    GROUPS.put("Models", List.of("merge", "diff", "analyze", "publish"));
    GROUPS.put("Store", List.of("lineage", "verify", "gc"));
    GROUPS.put("Run", List.of("dev", "worker"));
    GROUPS.put("Shell", List.of("completion", "man"));
  }

  private CommandGroups() {}

  static void install(CommandLine root) {
    root.getHelpSectionMap().remove(SECTION_KEY_COMMAND_LIST_HEADING);
    root.getHelpSectionMap().put(SECTION_KEY_COMMAND_LIST, CommandGroups::render);
  }

  /** The names of all groups' commands. */
  static List<String> names() {
    return GROUPS.values().stream().flatMap(List::stream).toList();
  }

  private static String render(Help help) {
    StringBuilder text = new StringBuilder();
    GROUPS.forEach(
        (group, names) -> {
          text.append(String.format("%n%s%n", help.colorScheme().text("@|bold " + group + "|@")));
          for (String name : names) {
            Help command = help.subcommands().get(name);
            if (command != null) {
              text.append(
                  String.format(
                      "  %-12s %s%n", name, command.commandSpec().usageMessage().description()[0]));
            }
          }
        });
    return text.toString();
  }
}
