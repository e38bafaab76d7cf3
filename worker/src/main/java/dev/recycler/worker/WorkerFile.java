package dev.recycler.worker;

import dev.recycler.activities.policy.Policy;
import dev.recycler.worker.WorkerSettings.Deployment;
import dev.recycler.worker.WorkerSettings.Drain;
import dev.recycler.workflows.TaskQueues.Work;
import dev.recycler.workflows.spec.Section;
import dev.recycler.workflows.spec.SettingsFile;
import dev.recycler.workflows.spec.Surroundings;
import dev.recycler.workflows.spec.Value;
import dev.recycler.workflows.spec.WorkerLabel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the file in which the owner of a worker says what it is for and what it may do. */
public final class WorkerFile {
  private static final Map<String, Set<String>> KEYS =
      Map.of(
          "",
          set(
              "does",
              "labels",
              "slots",
              "merges-at-once",
              "keep-free",
              "drain",
              "drain-for",
              "deployment",
              "allow"),
          "deployment",
          set("name", "build", "pinned"),
          "allow",
          set("folders", "programs", "launch", "variables", "custom-code"));

  private static final Pattern BYTES = Pattern.compile("([0-9]{1,9}) ?([KMGT]i?B)");
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,6}) ?([smhd])");
  private static final Map<String, Duration> UNITS =
      Map.of(
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));

  private WorkerFile() {}

  /** Every key, by its section; those of the file itself by the empty text. */
  public static Map<String, Set<String>> keys() {
    return KEYS;
  }

  /**
   * Reads the text of a worker's file.
   *
   * @param fileName name of the file for messages
   */
  public static SettingsFile<WorkerSettings> parse(
      String text, String fileName, Surroundings surroundings) {
    return SettingsFile.parse(text, fileName, surroundings, WorkerFile::read);
  }

  private static Optional<WorkerSettings> read(Value root) {
    return Section.of(root, KEYS.get("")).map(WorkerFile::settings);
  }

  private static WorkerSettings settings(Section file) {
    WorkerSettings usual = WorkerSettings.ofOwner();
    return new WorkerSettings(
        file.get("does").map(WorkerFile::work).orElse(usual.work()),
        file.get("labels").map(WorkerFile::labels).orElse(List.of()),
        file.get("slots").flatMap(value -> whole(value, 1)),
        file.get("merges-at-once").flatMap(value -> whole(value, 1)).orElse(usual.mergesAtOnce()),
        file.get("keep-free").flatMap(WorkerFile::bytes).orElse(usual.keepFree()),
        drain(file),
        file.get("deployment")
            .flatMap(value -> Section.of(value, KEYS.get("deployment")))
            .flatMap(WorkerFile::deployment),
        file.get("allow")
            .flatMap(value -> Section.of(value, KEYS.get("allow")))
            .map(WorkerFile::policy)
            .orElse(Policy.ofOwner()));
  }

  private static Set<Work> work(Value value) {
    List<String> words = Arrays.stream(Work.values()).map(Work::key).toList();
    Set<Work> work = EnumSet.noneOf(Work.class);
    for (Value element : value.listOrOne("names nothing; remove it, or write one of " + words)) {
      element
          .oneOf("work", words)
          .ifPresent(word -> work.add(Work.valueOf(word.toUpperCase(Locale.ROOT))));
    }
    return work.isEmpty() ? EnumSet.allOf(Work.class) : work;
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static List<String> labels(Value value) {
    Set<String> labels = new LinkedHashSet<>();
    for (Value element : value.listOrOne("names no label; remove it, or write one")) {
      Optional<String> label = element.text();
      if (label.isPresent() && !label.get().matches(WorkerLabel.PATTERN)) {
        element.problem(WorkerLabel.problem(label.get()));
      } else {
        label.ifPresent(labels::add);
      }
    }
    return List.copyOf(labels);
  }

  private static Drain drain(Section file) {
    Drain usual = Drain.HAND_OVER;
    Drain.Manner manner =
        file.get("drain")
            .flatMap(
                value ->
                    value.oneOf(
                        "a way to drain",
                        Arrays.stream(Drain.Manner.values()).map(WorkerFile::word).toList()))
            .map(word -> Drain.Manner.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_')))
            .orElse(usual.manner());
    Duration patience =
        file.get("drain-for")
            .flatMap(WorkerFile::duration)
            .orElse(manner == Drain.Manner.FINISH ? Duration.ofHours(1) : usual.patience());
    return new Drain(manner, patience);
  }

  private static Optional<Deployment> deployment(Section section) {
    Optional<String> name = section.require("name", "name the deployment").flatMap(Value::text);
    Optional<String> build =
        section.require("build", "name this version of the code").flatMap(Value::text);
    boolean pinned = section.get("pinned").map(WorkerFile::flag).orElse(true);
    return name.isPresent() && build.isPresent()
        ? Optional.of(new Deployment(name.get(), build.get(), pinned))
        : Optional.empty();
  }

  private static Policy policy(Section allow) {
    return new Policy(
        allow.get("folders").map(WorkerFile::folders),
        allow.get("programs").map(WorkerFile::texts),
        allow
            .get("launch")
            .map(
                value ->
                    texts(value).stream()
                        .map(text -> List.of(text.strip().split("\\s+")))
                        .toList()),
        allow.get("variables").map(WorkerFile::texts),
        allow.get("custom-code").map(WorkerFile::flag).orElse(false));
  }

  private static List<Path> folders(Value value) {
    List<Path> folders = new ArrayList<>();
    for (Value element : value.listOrOne("names no folder; remove it, or write one")) {
      Optional<String> text = element.text();
      if (text.isPresent()) {
        Path folder = Path.of(text.get());
        if (folder.isAbsolute() && folder.normalize().equals(folder)) {
          folders.add(folder);
        } else {
          element.problem("must be an absolute path without \"..\"");
        }
      }
    }
    return folders;
  }

  private static List<String> texts(Value value) {
    return value.listOrOne("is empty; remove it, or write what is allowed").stream()
        .flatMap(element -> element.text().stream())
        .toList();
  }

  private static boolean flag(Value value) {
    return value.oneOf("a truth value", List.of("true", "false")).orElse("false").equals("true");
  }

  private static Optional<Integer> whole(Value value, int least) {
    return value
        .number()
        .filter(
            number -> {
              boolean good = number >= least && number <= 4096 && number % 1 == 0;
              if (!good) {
                value.problem("must be a whole number, at least " + least);
              }
              return good;
            })
        .map(Double::intValue);
  }

  private static Optional<Long> bytes(Value value) {
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Matcher size = BYTES.matcher(text.get());
    if (!size.matches()) {
      value.problem("\"%s\" is not a size; write one such as 50GB or 64GiB".formatted(text.get()));
      return Optional.empty();
    }
    int power = "KMGT".indexOf(size.group(2).charAt(0)) + 1;
    long base = size.group(2).endsWith("iB") ? 1024 : 1000;
    long bytes = Long.parseLong(size.group(1));
    for (int i = 0; i < power; i++) {
      bytes = Math.multiplyExact(bytes, base);
    }
    return Optional.of(bytes);
  }

  private static Optional<Duration> duration(Value value) {
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Matcher duration = DURATION.matcher(text.get());
    if (!duration.matches()) {
      value.problem(
          "\"%s\" is not a length of time; write one such as 90s, 30m, 12h or 3d"
              .formatted(text.get()));
      return Optional.empty();
    }
    return Optional.of(
        UNITS.get(duration.group(2)).multipliedBy(Long.parseLong(duration.group(1))));
  }

  private static Set<String> set(String... keys) {
    return Collections.unmodifiableSet(new LinkedHashSet<>(List.of(keys)));
  }
}
