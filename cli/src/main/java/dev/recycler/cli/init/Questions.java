package dev.recycler.cli.init;

import dev.recycler.cli.console.Answers;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;

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
