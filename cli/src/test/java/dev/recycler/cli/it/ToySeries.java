package dev.recycler.cli.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.recycler.activities.store.Folders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A series of models of a few numbers, with a server of its own. Shell scripts train and score:
 * they read the model, write files, note what they did, and wait or fail where a test says so.
 */
final class ToySeries {
  private static final PackagedCli CLI = new PackagedCli();

  /** Changes the last number of the weights; waits while there is a file hold. */
  private static final String TRAIN =
      """
      while [ -e hold ]; do echo waiting for hold; sleep 0.2; done
      cp "$1/config.json" "$1/model.safetensors" "$2/"
      printf '\\101' | dd of="$2/model.safetensors" bs=1 seek=$(($(wc -c < "$1/model.safetensors") - 1)) conv=notrunc
      cksum < "$1/model.safetensors" >> trained
      """;

  /** A score that follows from the weights; of another name where there is a file no-TASK. */
  private static final String SCORE =
      """
      sum=$(cksum < "$1/model.safetensors")
      name=accuracy
      if [ -e "no-$2" ]; then name=other; fi
      printf '{"metrics": {"%s": {"value": 0.%s, "stderr": 0.01}}, "examples": 10}' $name ${sum%% *} > "$3/scores.json"
      echo "$2 $sum" >> scored
      """;

  final Path folder;
  final Path file;
  private PackagedCli.Running dev;

  /** A series of two releases about to be started; its server runs. */
  ToySeries(String name) throws IOException, InterruptedException {
    this(PackagedCli.WORK.resolve(name));
    startServer();
  }

  private ToySeries(Path folder) throws IOException {
    this.folder = folder;
    Folders.delete(folder);
    Files.createDirectories(folder.resolve("data"));
    Files.writeString(folder.resolve("data/train.jsonl"), "{\"messages\": []}\n");
    Files.writeString(folder.resolve("train.sh"), "set -e\ncd \"$(dirname \"$0\")\"\n" + TRAIN);
    Files.writeString(folder.resolve("score.sh"), "set -e\ncd \"$(dirname \"$0\")\"\n" + SCORE);
    file = Files.writeString(folder.resolve("series.yaml"), text("1.0", release(1), release(2)));
  }

  /** The same without a server. */
  static ToySeries withoutServer(String name) throws IOException {
    return new ToySeries(PackagedCli.WORK.resolve(name));
  }

  /** A line of the file, after its model was made. */
  String release(int number) throws IOException {
    Path model = Files.createDirectories(folder.resolve("releases/M" + number));
    byte[] header =
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[64],\"data_offsets\":[0,256]}}"
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer weights =
        ByteBuffer.allocate(8 + header.length + 256).order(ByteOrder.LITTLE_ENDIAN);
    weights.putLong(header.length).put(header);
    for (int i = 0; i < 64; i++) {
      weights.putFloat(number + i / 64f);
    }
    Files.write(model.resolve("model.safetensors"), weights.array());
    Files.writeString(model.resolve("config.json"), "{\"model_type\": \"llama\"}");
    return "  - {name: M%d, model: releases/M%d}".formatted(number, number);
  }

  /** The series file. */
  String text(String scale, String... releases) {
    return """
    series: toy
    store: store
    releases:
    %s
    strategies: [direct, plain]
    finetune:
      trainer: command
      data: data
      command: [/bin/sh, "%s/train.sh", "{model}", "{output}"]
    merge: {scale: %s}
    gates:
      - {after: merged, then: approve}
    evaluate:
      - name: sums
        harness: command
        task: sums
        metric: accuracy
        command: [/bin/sh, "%s/score.sh", "{model}", "{task}", "{output}"]
        of: [merged, finetuned]
      - name: words
        harness: command
        task: words
        metric: accuracy
        command: [/bin/sh, "%s/score.sh", "{model}", "{task}", "{output}"]
        of: [finetuned]
    """
        .formatted(String.join("\n", releases), folder, scale, folder, folder);
  }

  void startServer() throws InterruptedException {
    dev = CLI.start("dev", "--home", home(), "--slots", "4");
    while (!PackagedCli.read(dev.err()).contains("Ctrl-C ends")) {
      assertThat(dev.process().isAlive()).as(PackagedCli.read(dev.err())).isTrue();
      Thread.sleep(100);
    }
  }

  /** Ends server and worker without a chance to say good-bye. */
  void killServer() throws InterruptedException {
    List<ProcessHandle> children = dev.process().descendants().toList();
    dev.process().destroyForcibly().waitFor();
    children.forEach(ProcessHandle::destroyForcibly);
    while (children.stream().anyMatch(ProcessHandle::isAlive)) {
      Thread.sleep(50);
    }
  }

  String home() {
    return folder.resolve("home").toString();
  }

  PackagedCli.Running start(String... words) {
    return CLI.start(onItsServer(words));
  }

  /** The words of a command for the series' server. */
  String[] onItsServer(String... words) {
    List<String> command = new ArrayList<>(List.of(words));
    command.addAll(List.of("--home", home()));
    return command.toArray(String[]::new);
  }

  /** A command from a process of its own. */
  PackagedCli.Result run(String... words) throws InterruptedException {
    return start(words).join();
  }

  /** A command that has to succeed. */
  String ok(String... words) throws InterruptedException {
    PackagedCli.Result result = run(words);
    assertThat(result.code()).as(result.err()).isZero();
    return result.out() + result.err();
  }

  /** A command that has to be refused as the user's mistake. */
  String refused(String... words) throws InterruptedException {
    PackagedCli.Result result = run(words);
    assertThat(result.code()).as(result.out() + result.err()).isEqualTo(2);
    assertThat(result.err()).doesNotContain("Exception", "\tat ");
    return result.err();
  }

  JsonNode status() throws IOException, InterruptedException {
    return status("toy");
  }

  private JsonNode status(String series) throws IOException, InterruptedException {
    PackagedCli.Result result = run("status", series, "--json");
    assertThat(result.code()).as(result.err()).isZero();
    return new ObjectMapper().readTree(result.out());
  }

  /** Asks for the status until it is as wanted. */
  JsonNode until(String what, Predicate<JsonNode> wanted) throws IOException, InterruptedException {
    return until("toy", what, wanted);
  }

  /** The same of another series on the same server. */
  JsonNode until(String series, String what, Predicate<JsonNode> wanted)
      throws IOException, InterruptedException {
    long patience = System.nanoTime() + PackagedCli.PATIENCE_MINUTES * 60_000_000_000L / 4;
    JsonNode status = status(series);
    while (!wanted.test(status)) {
      if (System.nanoTime() > patience) {
        throw new AssertionError("never seen: " + what + "; but " + status);
      }
      Thread.sleep(200);
      status = status(series);
    }
    return status;
  }

  JsonNode untilStep(String id, String state) throws IOException, InterruptedException {
    return until(id + " " + state, status -> state(status, id).equals(state));
  }

  static String state(JsonNode status, String id) {
    return step(status, id).path("state").asText();
  }

  static JsonNode step(JsonNode status, String id) {
    for (JsonNode step : status.path("steps")) {
      if (step.path("id").asText().equals(id)) {
        return step;
      }
    }
    return status.path("no step " + id);
  }

  void mark(String name) throws IOException {
    Files.writeString(folder.resolve(name), "");
  }

  void unmark(String name) throws IOException {
    Files.delete(folder.resolve(name));
  }

  /** A line for each run of a script that came to its end: {@code trained} or {@code scored}. */
  List<String> notes(String name) throws IOException {
    Path notes = folder.resolve(name);
    return Files.exists(notes) ? Files.readAllLines(notes) : List.of();
  }

  /** Ends server and worker as Ctrl-C does. */
  void endServer() throws InterruptedException {
    dev.process().destroy();
    dev.join();
  }
}
