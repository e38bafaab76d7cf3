package dev.recycler.cli.init;

import dev.recycler.cli.console.Answers;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.function.Function;

/** Asks a person; an empty answer takes what stands in brackets. */
final class Questions {
  private final Answers answers;
  private final PrintWriter screen;

  Questions(Answers answers, PrintWriter screen) {
    this.answers = answers;
    this.screen = screen;
  }

  /**
   * @param usual taken for an empty answer; null where one is needed
   */
  String ask(String question, String usual) throws IOException, InterruptedException {
    return ask(question, usual, answer -> Optional.empty());
  }

  /**
   * The same, asked again where the answer cannot be right; who insists on it is believed.
   *
   * @param objection what is wrong with an answer, without a final full stop
   */
  String ask(String question, String usual, Function<String, Optional<String>> objection)
      throws IOException, InterruptedException {
    String refused = null;
    while (true) {
      String answer = answer(question, usual);
      Optional<String> wrong = answer.equals(refused) ? Optional.empty() : objection.apply(answer);
      if (wrong.isEmpty()) {
        return answer;
      }
      refused = answer;
      screen.println("  " + wrong.get() + ". The same answer again is taken as it is.");
    }
  }

  private String answer(String question, String usual) throws IOException, InterruptedException {
    while (true) {
      screen.print(question + (usual == null || usual.isEmpty() ? " " : " [" + usual + "] "));
      screen.flush();
      String answer = answers.next().orElseThrow(() -> new EOFException("the answers ended"));
      if (!answer.isBlank()) {
        return answer.strip();
      }
      if (usual != null) {
        return usual;
      }
    }
  }
}
