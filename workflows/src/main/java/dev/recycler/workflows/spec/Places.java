package dev.recycler.workflows.spec;

import dev.recycler.workflows.spec.Surroundings.Kind;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads values that name places on the machine, and looks whether what they need is there. */
final class Places {
  private final Surroundings surroundings;

  Places(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Where results are kept: a folder that is there or can be made. */
  Optional<String> store(Value value) {
    Optional<Path> path = path(value);
    if (path.isEmpty()) {
      return Optional.empty();
    }
    Path existing = path.get();
    while (surroundings.kind(existing) == Kind.NOTHING && existing.getParent() != null) {
      existing = existing.getParent();
    }
    if (surroundings.kind(existing) == Kind.FILE) {
      value.problem(
          "%s is a file; give a folder, which is made where there is none".formatted(existing));
    } else if (!surroundings.writable(existing)) {
      value.problem(
          "no files can be made in %s; give a folder where you may write".formatted(existing));
    }
    return path.map(Path::toString);
  }

  /** A Hugging Face model folder with safetensors, or a model on a hub. */
  Optional<String> model(Value value) {
    Optional<String> text = value.text();
    if (text.isPresent() && HubModel.isMeant(text.get())) {
      Optional<String> problem = HubModel.problem(text.get());
      problem.ifPresent(value::problem);
      return problem.isPresent() ? Optional.empty() : text;
    }
    Optional<Path> path = path(value);
    path.flatMap(this::modelProblem).ifPresent(value::problem);
    return path.map(Path::toString);
  }

  /** A file or folder that is there. */
  Optional<String> data(Value value) {
    Optional<Path> path = path(value);
    path.filter(place -> surroundings.kind(place) == Kind.NOTHING)
        .ifPresent(
            place ->
                value.problem("there is no file or folder %s; correct the path".formatted(place)));
    return path.map(Path::toString);
  }

  /** A folder that is there. */
  Optional<String> folder(Value value) {
    Optional<Path> path = path(value);
    path.filter(place -> surroundings.kind(place) != Kind.FOLDER)
        .ifPresent(
            place -> value.problem("there is no folder %s; correct the path".formatted(place)));
    return path.map(Path::toString);
  }

  /** A Python executable. */
  Optional<String> python(Value value) {
    Optional<Path> path = path(value);
    path.ifPresent(
        place -> {
          switch (surroundings.kind(place)) {
            case FILE -> {}
            case FOLDER ->
                value.problem(
                    "%s is a folder; give the Python in it, %s"
                        .formatted(place, place.resolve("bin").resolve("python")));
            case NOTHING ->
                value.problem(
                    ("there is no %s; give the path of an environment's Python, such as"
                            + " /opt/trl/bin/python")
                        .formatted(place));
          }
        });
    return path.map(Path::toString);
  }

  /** A place of which nothing needs to be there. */
  Optional<String> anywhere(Value value) {
    return path(value).map(Path::toString);
  }

  /** Why a folder is no model, or nothing. */
  Optional<String> modelProblem(Path folder) {
    switch (surroundings.kind(folder)) {
      case FILE -> {
        return Optional.of("%s is a file; give the folder it lies in".formatted(folder));
      }
      case NOTHING -> {
        return Optional.of(
            "there is no folder %s; give the folder that holds the model's config.json"
                .formatted(folder));
      }
      case FOLDER -> {}
    }
    List<String> names = surroundings.names(folder);
    if (!names.contains("config.json")) {
      return Optional.of(
          "%s holds no config.json; give the folder of a Hugging Face model".formatted(folder));
    } else if (names.stream().noneMatch(name -> name.endsWith(".safetensors"))) {
      return Optional.of("%s holds no .safetensors file; %s".formatted(folder, remedy(names)));
    }
    return Optional.empty();
  }

  private static String remedy(List<String> names) {
    Optional<String> pickle =
        names.stream()
            .filter(name -> name.toLowerCase(Locale.ROOT).matches(".*\\.(bin|pt|pth)"))
            .sorted()
            .findFirst();
    return pickle
        .map(
            name ->
                "%s is a pickle file, which is never opened: convert it with save_pretrained(…,"
                        .formatted(name)
                    + " safe_serialization=True)")
        .orElse("give the folder that holds the weights");
  }

  private Optional<Path> path(Value value) {
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      String written = text.get();
      Path path =
          written.equals("~") || written.startsWith("~/")
              ? surroundings.home().resolve(written.substring(Math.min(2, written.length())))
              : Path.of(written);
      return Optional.of(surroundings.folder().resolve(path).normalize());
    } catch (InvalidPathException e) {
      value.problem("\"%s\" is not a path: %s".formatted(text.get(), e.getReason()));
      return Optional.empty();
    }
  }
}
