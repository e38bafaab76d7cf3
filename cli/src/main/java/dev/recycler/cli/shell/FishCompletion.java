package dev.recycler.cli.shell;

import java.util.Map;
import java.util.StringJoiner;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Completion for fish, by its {@code complete} command. */
final class FishCompletion {
  private FishCompletion() {}

  static String script(CommandLine root) {
    String program = root.getCommandName();
    var lines = new StringJoiner("\n");
    lines.add("complete -c " + program + " -f -n __fish_use_subcommand");
    for (Map.Entry<String, CommandLine> entry : root.getSubcommands().entrySet()) {
      CommandLine command = entry.getValue();
      lines.add(
          "complete -c %s -n __fish_use_subcommand -a %s -d %s"
              .formatted(program, entry.getKey(), quoted(description(command))));
      within(lines, program, entry.getKey(), command);
    }
    return lines.toString();
  }

  private static void within(StringJoiner lines, String program, String seen, CommandLine command) {
    for (Map.Entry<String, CommandLine> sub : command.getSubcommands().entrySet()) {
      lines.add(
          "complete -c %s -n '__fish_seen_subcommand_from %s' -a %s -d %s"
              .formatted(program, seen, sub.getKey(), quoted(description(sub.getValue()))));
      within(lines, program, sub.getKey(), sub.getValue());
    }
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!option.hidden()) {
        lines.add(
            "complete -c %s -n '__fish_seen_subcommand_from %s'%s"
                .formatted(program, seen, option(option)));
      }
    }
  }

  private static String option(OptionSpec option) {
    var line = new StringBuilder();
    for (String name : option.names()) {
      line.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
    }
    boolean takesValue = option.arity().max() > 0;
    if (takesValue) {
      line.append(" -r");
    }
    if (option.completionCandidates() != null) {
      line.append(" -a ").append(quoted(String.join(" ", option.completionCandidates())));
    }
    return line.append(" -d ").append(quoted(String.join(" ", option.description()))).toString();
  }

  private static String description(CommandLine command) {
    return String.join(" ", command.getCommandSpec().usageMessage().description());
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
