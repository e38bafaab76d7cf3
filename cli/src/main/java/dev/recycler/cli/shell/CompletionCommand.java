package dev.recycler.cli.shell;

import dev.recycler.cli.console.ExitCode;
import dev.recycler.cli.console.Session;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recycler completion}. */
@Command(
    name = "completion",
    description = "Print a completion script for a shell.",
    footerHeading = "%nExamples%n",
    footer = {
      "  source <(recycler completion bash)                     in ~/.bashrc",
      "  source <(recycler completion zsh)                      in ~/.zshrc",
      "  recycler completion fish > ~/.config/fish/completions/recycler.fish"
    })
public final class CompletionCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "bash|zsh|fish", description = "The shell.")
  private Shell shell;

  @Spec private CommandSpec spec;

  CompletionCommand(Session session) {
    this.session = session;
  }

  /** The shells that there are scripts for. */
  enum Shell {
    BASH,
    ZSH,
    FISH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    String name = root.getCommandName();
    session
        .console()
        .print(
            switch (shell) {
              // The script turns on zsh's own emulation where it finds itself there.
              case BASH, ZSH -> AutoComplete.bash(name, root);
              case FISH -> FishCompletion.script(root);
            });
    return ExitCode.OK.code();
  }
}
