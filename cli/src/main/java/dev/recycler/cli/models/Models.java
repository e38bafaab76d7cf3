package dev.recycler.cli.models;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.recycler.activities.hub.HubException;
import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.NoSpaceException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What the commands of this package share: exit codes, errors as one sentence, JSON. */
final class Models {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int BAD_INPUT = 2;
  static final int ENVIRONMENT = 4;

  private Models() {}

  /** The work of a command. */
  interface Work {
    int run() throws IOException, InterruptedException;
  }

  /** Runs a command's work; a failure that is no defect ends as one sentence and a code. */
  static int run(CommandSpec spec, Work work) throws InterruptedException {
    try {
      return work.run();
    } catch (BadCheckpointException e) {
      return fail(spec, e, BAD_INPUT);
    } catch (NoSpaceException e) {
      return fail(spec, e, ENVIRONMENT);
    } catch (HubException e) {
      return fail(spec, e, e.kind() == HubException.Kind.USER ? BAD_INPUT : ENVIRONMENT);
    } catch (IOException e) {
      return fail(spec, e, FAILED);
    }
  }

  private static int fail(CommandSpec spec, Exception problem, int code) {
    PrintWriter err = spec.commandLine().getErr();
    String message = problem.getMessage();
    err.println(
        "recycler: "
            + (problem instanceof FileSystemException failure ? sentence(failure) : message));
    OptionSpec debug = spec.findOption("--debug");
    if (debug != null && Boolean.TRUE.equals(debug.getValue())) {
      problem.printStackTrace(err);
    }
    err.flush();
    return code;
  }

  /** The system's failures carry a path, and their type says what is the matter with it. */
  private static String sentence(FileSystemException failure) {
    String what =
        switch (failure) {
          case AccessDeniedException denied -> "permission denied";
          case NoSuchFileException missing -> "it or its folder does not exist";
          case FileAlreadyExistsException there -> "it exists already";
          case NotDirectoryException file -> "it is not a folder";
          default ->
              failure.getReason() == null
                  ? failure.getClass().getSimpleName()
                  : failure.getReason();
        };
    return failure.getFile() + ": " + what;
  }

  static void print(CommandSpec spec, String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text);
    out.flush();
  }

  static void say(CommandSpec spec, String text) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(text);
    err.flush();
  }

  static void printJson(CommandSpec spec, Object value) throws IOException {
    print(
        spec,
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value));
  }
}
