package dev.recycler.cli.shell;

import java.util.Locale;
import java.util.StringJoiner;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A command's page for {@code man}, in its {@code man} macros. */
final class ManPage {
  private ManPage() {}

  /** {@code recycler-merge} for {@code recycler merge}. */
  static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName("-");
  }

  static String of(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    var page = new StringJoiner("\n");
    page.add(".TH " + text(name(command).toUpperCase(Locale.ROOT)) + " 1");
    page.add(".SH NAME");
    page.add(text(name(command) + " - " + lower(joined(spec.usageMessage().description()))));
    page.add(".SH SYNOPSIS");
    page.add(verbatim(command.getHelp().synopsis(0)));
    if (!spec.positionalParameters().isEmpty()) {
      page.add(".SH ARGUMENTS");
      for (PositionalParamSpec parameter : spec.positionalParameters()) {
        item(page, parameter.paramLabel(), parameter.description());
      }
    }
    page.add(".SH OPTIONS");
    for (OptionSpec option : spec.options()) {
      if (!option.hidden()) {
        String value = option.arity().max() > 0 ? "=" + option.paramLabel() : "";
        item(page, String.join(", ", option.names()) + value, option.description());
      }
    }
    if (!command.getSubcommands().isEmpty()) {
      page.add(".SH COMMANDS");
      command
          .getSubcommands()
          .forEach(
              (name, sub) -> item(page, name, sub.getCommandSpec().usageMessage().description()));
    }
    if (!spec.usageMessage().exitCodeList().isEmpty()) {
      page.add(".SH EXIT STATUS");
      spec.usageMessage()
          .exitCodeList()
          .forEach((code, meaning) -> item(page, code, new String[] {meaning}));
    }
    String examples = command.getHelp().footer();
    if (!examples.isBlank()) {
      page.add(".SH EXAMPLES");
      page.add(verbatim(examples));
    }
    return page.toString();
  }

  private static void item(StringJoiner page, String tag, String[] description) {
    page.add(".TP").add(".B " + text(tag)).add(text(joined(description)));
  }

  private static String verbatim(String block) {
    return ".nf\n" + text(Ansi.OFF.string(block).stripTrailing()) + "\n.fi";
  }

  private static String joined(String[] lines) {
    return Ansi.OFF.string(String.join(" ", lines));
  }

  private static String lower(String sentence) {
    return sentence.substring(0, 1).toLowerCase(Locale.ROOT)
        + sentence.substring(1).replaceAll("\\.$", "");
  }

  /** Backslashes, hyphens and lines that would begin with a control character, escaped. */
  private static String text(String plain) {
    return plain.replace("\\", "\\e").replace("-", "\\-").replaceAll("(?m)^([.'])", "\\\\&$1");
  }
}
