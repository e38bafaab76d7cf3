package dev.recycler.cli;

import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING;

import dev.recycler.cli.doctor.DoctorCommand;
import dev.recycler.cli.drill.DrillCommand;
import dev.recycler.cli.init.InitCommand;
import dev.recycler.cli.models.AnalyzeCommand;
import dev.recycler.cli.models.DiffCommand;
import dev.recycler.cli.models.MergeCommand;
import dev.recycler.cli.models.PublishCommand;
import dev.recycler.cli.quickstart.QuickstartCommand;
import dev.recycler.cli.run.CodecServerCommand;
import dev.recycler.cli.run.DevCommand;
import dev.recycler.cli.run.WorkerCommand;
import dev.recycler.cli.series.AddReleaseCommand;
import dev.recycler.cli.series.ApproveCommand;
import dev.recycler.cli.series.CancelCommand;
import dev.recycler.cli.series.FinishCommand;
import dev.recycler.cli.series.ListCommand;
import dev.recycler.cli.series.LogsCommand;
import dev.recycler.cli.series.PauseCommand;
import dev.recycler.cli.series.PlanCommand;
import dev.recycler.cli.series.ReportCommand;
import dev.recycler.cli.series.ResumeCommand;
import dev.recycler.cli.series.RetryCommand;
import dev.recycler.cli.series.SkipCommand;
import dev.recycler.cli.series.StartCommand;
import dev.recycler.cli.series.StatusCommand;
import dev.recycler.cli.series.UpdateCommand;
import dev.recycler.cli.shell.CompletionCommand;
import dev.recycler.cli.shell.ManCommand;
import dev.recycler.cli.store.GcCommand;
import dev.recycler.cli.store.LineageCommand;
import dev.recycler.cli.store.VerifyCommand;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IFactory;

/** All commands, grouped by what people do. */
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
    GROUPS.put("Run", List.of("dev", "worker", "codec-server", "drill"));
    GROUPS.put("Shell", List.of("completion", "man"));
  }

  private CommandGroups() {}

  /**
   * Adds the command that a command line begins with; all of them where it begins with none. Making
   * one takes milliseconds of reflection, which the others would add to the start of each.
   */
  static void addTo(CommandLine root, IFactory factory, String... args) {
    if (args.length > 0 && names().contains(args[0]) && !needsAll(args[0])) {
      root.addSubcommand(args[0], new CommandLine(type(args[0]), factory));
    } else {
      names().forEach(name -> root.addSubcommand(name, new CommandLine(type(name), factory)));
    }
    showIn(root);
  }

  /** Whether a command line asks a server about a series, or asks something of one. */
  static boolean asksAboutSeries(String... args) {
    return args.length > 0
        && (GROUPS.get("Follow").contains(args[0]) || GROUPS.get("Steer").contains(args[0]));
  }

  /** Whether a command line merges models. */
  static boolean merges(String... args) {
    return args.length > 0
        && args[0].equals("merge")
        && Collections.disjoint(List.of(args), List.of("-h", "--help", "--dry-run"));
  }

  /** Whether a command tells about the others. */
  private static boolean needsAll(String name) {
    return name.equals("completion") || name.equals("man");
  }

  private static Class<?> type(String name) {
    return switch (name) {
      case "quickstart" -> QuickstartCommand.class;
      case "doctor" -> DoctorCommand.class;
      case "init" -> InitCommand.class;
      case "plan" -> PlanCommand.class;
      case "start" -> StartCommand.class;
      case "list" -> ListCommand.class;
      case "status" -> StatusCommand.class;
      case "logs" -> LogsCommand.class;
      case "report" -> ReportCommand.class;
      case "pause" -> PauseCommand.class;
      case "resume" -> ResumeCommand.class;
      case "retry" -> RetryCommand.class;
      case "skip" -> SkipCommand.class;
      case "approve" -> ApproveCommand.class;
      case "add-release" -> AddReleaseCommand.class;
      case "update" -> UpdateCommand.class;
      case "finish" -> FinishCommand.class;
      case "cancel" -> CancelCommand.class;
      case "merge" -> MergeCommand.class;
      case "diff" -> DiffCommand.class;
      case "analyze" -> AnalyzeCommand.class;
      case "publish" -> PublishCommand.class;
      case "lineage" -> LineageCommand.class;
      case "verify" -> VerifyCommand.class;
      case "gc" -> GcCommand.class;
      case "dev" -> DevCommand.class;
      case "worker" -> WorkerCommand.class;
      case "codec-server" -> CodecServerCommand.class;
      case "drill" -> DrillCommand.class;
      case "completion" -> CompletionCommand.class;
      case "man" -> ManCommand.class;
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static void showIn(CommandLine root) {
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
