package dev.recycler.workflows.spec;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** A machine with the folders that the series files of these tests speak of. */
final class ImaginaryMachine implements Surroundings {
  private final TreeSet<String> files = new TreeSet<>();
  private final Map<String, String> variables = Map.of("MODELS", "/models", "EMPTY", "");

  ImaginaryMachine() {
    for (String model : List.of("m1", "m2", "m3")) {
      files.add("/models/" + model + "/config.json");
      files.add("/models/" + model + "/model.safetensors");
    }
    files.add("/models/old/config.json");
    files.add("/models/old/pytorch_model.bin");
    files.add("/models/unfinished/config.json");
    files.add("/models/stray/model.safetensors");
    files.add("/proj/data/train/train.jsonl");
    files.add("/proj/data/test.jsonl");
    files.add("/proj/tasks/toy.yaml");
    files.add("/home/ada/models/m4/config.json");
    files.add("/home/ada/models/m4/model-00001-of-00002.safetensors");
    files.add("/opt/venv/bin/python");
    files.add("/readonly/notes");
  }

  @Override
  public Path folder() {
    return Path.of("/proj");
  }

  @Override
  public Path home() {
    return Path.of("/home/ada");
  }

  @Override
  public String variable(String name) {
    return variables.get(name);
  }

  @Override
  public Kind kind(Path path) {
    String place = path.toString();
    if (files.contains(place)) {
      return Kind.FILE;
    }
    String inside = place.equals("/") ? "/" : place + "/";
    return files.stream().anyMatch(file -> file.startsWith(inside)) ? Kind.FOLDER : Kind.NOTHING;
  }

  @Override
  public List<String> names(Path folder) {
    return files.stream()
        .filter(file -> file.startsWith(folder + "/"))
        .map(file -> file.substring(folder.toString().length() + 1).split("/", 2)[0])
        .distinct()
        .toList();
  }

  @Override
  public boolean writable(Path folder) {
    return !folder.startsWith("/readonly");
  }
}
