package dev.recycler.cli.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.store.Folders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A series with a real server whose database says nothing, through a change of keys. */
class EncryptionIT {
  /** In paths, arguments, results, heartbeats and the message of a failure. */
  private static final String MARK = "quiet-as-a-mouse";

  private static final String TRAIN =
      """
      if [ -e "$3" ]; then echo "ModuleNotFoundError: No module named '%s'"; exit 1; fi
      cp "$1/config.json" "$1/model.safetensors" "$2/"
      echo "step 3/3 loss 0.5"
      """
          .formatted(MARK);

  private final Path folder = PackagedCli.WORK.resolve("encryption");
  private final Path work = folder.resolve(MARK);
  private final Path home = folder.resolve("home");
  private final Path keys = folder.resolve("keys");

  @Test
  void theDatabaseHoldsNothingThatCanBeReadAndKeysAreRotatedUnderARunningSeries() throws Exception {
    Path file = prepare();
    Files.writeString(keys, key("first") + "\n");
    PackagedCli cli = new PackagedCli().with("RECYCLER_ENCRYPTION_KEYS_FILE", keys.toString());
    PackagedCli.Running dev = cli.start("dev", "--home", home.toString());
    try {
      while (!PackagedCli.read(dev.err()).contains("Ctrl-C ends")) {
        assertThat(dev.process().isAlive()).as(PackagedCli.read(dev.err())).isTrue();
        Thread.sleep(100);
      }
      String failed = run(cli, "start", file.toString(), "--watch");
      assertThat(failed).contains(MARK);
      Files.writeString(keys, key("second") + "\n" + Files.readString(keys));
      Files.delete(work.resolve("fail"));
      run(cli, "resume", "quiet");
      assertThat(run(cli, "status", "quiet", "--watch")).contains("finished");
      assertThat(run(cli, "status", "quiet", "--json")).contains(MARK, "\"finished\"");

      Path others = Files.writeString(folder.resolve("others"), key("third") + "\n");
      assertThat(
              sentence(new PackagedCli().with("RECYCLER_ENCRYPTION_KEYS_FILE", others.toString())))
          .contains("is encrypted with the key", "the keys here are third");
      assertThat(sentence(new PackagedCli())).contains("no key is set here");
    } finally {
      dev.process().destroy();
      dev.join();
    }
    assertThat(filesWith(MARK)).as("files of the server with readable payloads").isEmpty();
    assertThat(filesWith("first")).as("the search finds what is there").isNotEmpty();
    assertThat(filesWith("second")).as("the second key was used").isNotEmpty();
  }

  private String run(PackagedCli cli, String... arguments) throws InterruptedException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--home", home.toString()));
    PackagedCli.Result result = cli.run(all.toArray(String[]::new));
    return result.out() + result.err();
  }

  /** What somebody without the right key is told. */
  private String sentence(PackagedCli cli) throws InterruptedException {
    PackagedCli.Result refused = cli.run("status", "quiet", "--home", home.toString());
    assertThat(refused.code()).isNotZero();
    assertThat(refused.err().strip()).doesNotContain("\n").doesNotContain("Exception");
    return refused.err();
  }

  /** Those of the server's own files, its database above all, that hold a text. */
  private List<Path> filesWith(String text) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> tree = Files.walk(home)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        // The worker's own log is for those who may read its machine.
        boolean ours = file.getFileName().toString().startsWith("recycler.log");
        if (!ours
            && new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
          found.add(file);
        }
      }
    }
    return found;
  }

  private Path prepare() throws IOException {
    Folders.delete(folder);
    ToyModels.write(work.resolve("M1"), 1);
    Files.writeString(work.resolve("train.jsonl"), "{}\n");
    Files.writeString(work.resolve("train.sh"), TRAIN);
    Files.createFile(work.resolve("fail"));
    return Files.writeString(
        work.resolve("series.yaml"),
        """
        series: quiet
        store: store
        releases: [{name: M1, model: M1}]
        strategies: [plain]
        finetune:
          trainer: command
          data: train.jsonl
          command: [/bin/sh, "%s/train.sh", "{model}", "{output}", "%s/fail"]
          progress: "step (?<step>[0-9]+)/(?<total>[0-9]+)"
          arguments: {note: %s}
        """
            .formatted(work, work, MARK));
  }

  private static String key(String id) {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return id + ": " + Base64.getEncoder().encodeToString(bytes);
  }
}
