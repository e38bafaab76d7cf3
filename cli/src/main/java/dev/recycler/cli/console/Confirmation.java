package dev.recycler.cli.console;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;

/**
 * Asks a person before something that can't be taken back.
 *
 * @param console where the person is
 * @param given whether the answer was given beforehand, by {@code --yes}
 */
public record Confirmation(Console console, boolean given) {
  private static final Set<String> YES = Set.of("y", "yes");

  /**
   * Returns where the answer is yes.
   *
   * @param what e.g. {@code to cancel a series}
   * @throws CommandFailed where it is no, or nobody can be asked
   */
  public void ask(String what, String question) throws IOException, InterruptedException {
    if (given) {
      return;
    }
    Answers person =
        console
            .person()
            .orElseThrow(
                () -> new CommandFailed(ExitCode.USAGE, what + " without being asked, add --yes."));
    if (!agrees(person, question)) {
      throw new CommandFailed(ExitCode.USAGE, "nothing was done.");
    }
  }

  /** Whether the person says yes. */
  public boolean agrees(Answers person, String question) throws IOException, InterruptedException {
    console.err().print(question + " [y/N] ");
    console.err().flush();
    return person
        .next()
        .map(answer -> YES.contains(answer.strip().toLowerCase(Locale.ROOT)))
        .orElse(false);
  }
}
