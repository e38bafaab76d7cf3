package dev.recycler.workflows.spec;

import java.util.List;

/**
 * A program of the user's own that trains.
 *
 * @param command program and arguments; {@code {model}}, {@code {data}}, {@code {output}} and
 *     {@code {resume_from}} in them are filled in, and an argument with {@code {resume_from}} is
 *     left out where there is nothing to go on from
 * @param progress regular expression for a line of its log, with the named groups {@code step} and,
 *     if it says them, {@code total}, {@code loss} and {@code rate}; or null
 * @param checkpoints name of its checkpoint folders below the output, e.g. {@code step-{step}}; or
 *     null where it saves none
 * @param complete name of the file that it writes last in a checkpoint, or null
 */
public record CustomTrainer(
    List<String> command, String progress, String checkpoints, String complete) {
  public CustomTrainer {
    command = List.copyOf(command);
    if (command.isEmpty()) {
      throw new IllegalArgumentException("a command needs a program");
    }
  }
}
