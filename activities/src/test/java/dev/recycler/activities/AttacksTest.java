package dev.recycler.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.recycler.activities.policy.Policy;
import dev.recycler.activities.step.MergeRoom;
import dev.recycler.activities.step.Step;
import dev.recycler.activities.step.ToolHome;
import dev.recycler.activities.store.FindOrMake;
import dev.recycler.activities.training.Trainings;
import dev.recycler.workflows.activity.Artifact;
import dev.recycler.workflows.activity.Pins;
import dev.recycler.workflows.activity.StepContext;
import dev.recycler.workflows.activity.Steps;
import dev.recycler.workflows.activity.Steps.FetchInput;
import dev.recycler.workflows.activity.Steps.FinetuneInput;
import dev.recycler.workflows.activity.Steps.MergeInput;
import dev.recycler.workflows.spec.CustomTrainer;
import dev.recycler.workflows.spec.FinetuneSpec;
import dev.recycler.workflows.spec.MergeSpec;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestActivityEnvironment;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * Hostile models and paths, against the steps as a worker has them: each is refused as the user's
 * mistake, named, logged with its step, and leaves nothing outside the store.
 */
class AttacksTest {
  private final TestActivityEnvironment temporal = TestActivityEnvironment.newInstance();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(StepAttempt.class);

  @TempDir private Path temporary;
  private Path allowed;
  private Path outside;
  private Path store;
  private Steps steps;

  private static <I, O> Step<I, O> never() {
    return (_, _) -> {
      throw new AssertionError("nothing is trained or scored here");
    };
  }

  @BeforeEach
  void startWorker() throws IOException {
    Path real = temporary.toRealPath();
    allowed = Files.createDirectories(real.resolve("allowed"));
    outside = Files.createDirectories(real.resolve("outside"));
    store = allowed.resolve("store");
    model(outside.resolve("model"), 1);
    ToolHome tools = new ToolHome(Path.of("/nonexistent/python"), Path.of("/nonexistent"));
    temporal.registerActivitiesImplementations(
        new StepActivities(
            tools,
            new FindOrMake(),
            new MergeRoom(1, 0),
            new Trainings(never(), never(), never(), never()),
            never(),
            new Policy(
                Optional.of(List.of(allowed)),
                Optional.of(List.of()),
                Optional.empty(),
                Optional.empty(),
                false)));
    steps =
        temporal.newActivityStub(
            Steps.class,
            ActivityOptions.newBuilder()
                .setScheduleToCloseTimeout(Duration.ofMinutes(1))
                .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
                .build());
    log.start();
    logger.setLevel(Level.WARN);
    logger.addAppender(log);
  }

  @AfterEach
  void endWorker() {
    logger.detachAppender(log);
    logger.setLevel(null);
    temporal.close();
  }

  @Test
  void aModelWithinTheFoldersIsFetchedAndMerged() throws IOException {
    Artifact base = steps.fetch(fetch(model(allowed.resolve("m1"), 1)));
    Artifact other = steps.fetch(fetch(model(allowed.resolve("m2"), 2)));
    Artifact merged = steps.merge(merge(base, other));
    assertThat(Path.of(merged.path())).startsWith(store).isDirectory();
  }

  @Test
  void aLinkToAModelOutside() throws IOException {
    Path link = Files.createSymbolicLink(allowed.resolve("link"), outside.resolve("model"));
    refused(() -> steps.fetch(fetch(link)), link.toString());
  }

  @Test
  void aModelWhoseFolderIsSwappedForALinkBetweenFetchAndMerge() throws IOException {
    Path folder = model(allowed.resolve("m1"), 1);
    Artifact base = steps.fetch(fetch(folder));
    Artifact other = steps.fetch(fetch(model(allowed.resolve("m2"), 2)));
    Files.move(folder, allowed.resolve("aside"));
    Files.createSymbolicLink(folder, outside.resolve("model"));
    refused(() -> steps.merge(merge(base, other)), folder + " leads to " + outside);
  }

  @Test
  void aWeightFileThatIsALinkOutOfItsFolder() throws IOException {
    Path folder = model(allowed.resolve("m1"), 1);
    Files.delete(folder.resolve("model.safetensors"));
    Files.createSymbolicLink(
        folder.resolve("model.safetensors"), outside.resolve("model/model.safetensors"));
    refused(() -> steps.fetch(fetch(folder)), "symbolic link out of its folder");
  }

  @Test
  void anIndexThatNamesFilesOutside() throws IOException {
    Path folder = model(allowed.resolve("m1"), 1);
    Files.delete(folder.resolve("model.safetensors"));
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"weight_map\": {\"w\": \"../../outside/model/model.safetensors\"}}");
    refused(() -> steps.fetch(fetch(folder)), "../../outside");
  }

  @Test
  void aHeaderOfAGigabyte() throws IOException {
    Path folder = Files.createDirectories(allowed.resolve("m1"));
    try (RandomAccessFile file =
        new RandomAccessFile(folder.resolve("model.safetensors").toFile(), "rw")) {
      file.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(1L << 30).array());
      file.setLength((1L << 30) + 16);
    }
    refused(() -> steps.fetch(fetch(folder)), "header length is 1073741824 bytes");
  }

  @Test
  void aModelThatBringsCode() throws IOException {
    Path folder = model(allowed.resolve("m1"), 1);
    Files.writeString(
        folder.resolve("config.json"), "{\"auto_map\": {\"AutoModel\": \"modeling.Model\"}}");
    refused(() -> steps.fetch(fetch(folder)), "auto_map");
  }

  @Test
  void aStoreOutside() throws IOException {
    StepContext context = new StepContext("s", "M1.fetch", outside.resolve("store").toString());
    FetchInput input = new FetchInput(context, model(allowed.resolve("m1"), 1).toString());
    refused(() -> steps.fetch(input), "store: ");
  }

  @Test
  void aStepWhoseNameLeavesTheStore() throws IOException {
    StepContext context = new StepContext("s", "../../../outside/x", store.toString());
    FetchInput input = new FetchInput(context, model(allowed.resolve("m1"), 1).toString());
    refused(() -> steps.fetch(input), "is not the name of one");
  }

  @Test
  void aLookIntoAStoreOutside() throws IOException {
    StepContext context =
        new StepContext("s", "M1.plain.finetune", outside.resolve("store").toString());
    FinetuneInput training =
        training(new FinetuneSpec("trl", null, allowed.toString(), Map.of(), Map.of()));
    FinetuneInput input =
        new FinetuneInput(context, training.start(), training.finetune(), training.pins());
    refused(() -> steps.findFinetuned(input), "store: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/bin/sh", "train; touch outside/pwned", "$(touch outside/pwned)"})
  void aProgramThatIsNotAllowed(String program) throws IOException {
    FinetuneSpec spec =
        new FinetuneSpec(
            "command",
            null,
            allowed.toString(),
            Map.of(),
            Map.of(),
            null,
            List.of(),
            1,
            new CustomTrainer(List.of(program, "{output}"), null, null, null));
    refused(() -> steps.finetune(training(spec)), "finetune.command: " + program);
  }

  @Test
  void aTrainingOnFilesOutside() throws IOException {
    String data = allowed + "/../outside";
    FinetuneSpec spec = new FinetuneSpec("trl", null, data, Map.of(), Map.of());
    refused(() -> steps.finetune(training(spec)), "finetune.data: " + data);
  }

  @Test
  void aTrainerThatIsToRunTheModelsCode() throws IOException {
    FinetuneSpec spec =
        new FinetuneSpec(
            "trl", null, allowed.toString(), Map.of("trust_remote_code", "true"), Map.of());
    refused(() -> steps.finetune(training(spec)), "trust_remote_code");
  }

  private FinetuneInput training(FinetuneSpec spec) throws IOException {
    StepContext context = new StepContext("s", "M1.plain.finetune", store.toString());
    Artifact start = steps.fetch(fetch(model(allowed.resolve("m1"), 1)));
    return new FinetuneInput(context, start, spec, new Pins(Map.of(), Map.of()));
  }

  private void refused(ThrowingCallable step, String named) throws IOException {
    Set<Path> before = tree(outside);
    ActivityFailure failure = catchThrowableOfType(ActivityFailure.class, step);
    assertThat(failure).as("it was let through").isNotNull();
    ApplicationFailure refusal = (ApplicationFailure) failure.getCause();
    assertThat(refusal.getType()).isEqualTo("USER");
    assertThat(refusal.getOriginalMessage()).contains(named).doesNotContain("\n");
    assertThat(log.list)
        .anySatisfy(
            line -> {
              assertThat(line.getFormattedMessage()).contains(refusal.getOriginalMessage());
              assertThat(line.getMDCPropertyMap()).containsEntry("series", "s").containsKey("step");
            });
    assertThat(tree(outside)).isEqualTo(before);
  }

  private FetchInput fetch(Path folder) {
    return new FetchInput(new StepContext("s", "M1.fetch", store.toString()), folder.toString());
  }

  private MergeInput merge(Artifact base, Artifact other) {
    return new MergeInput(
        new StepContext("s", "M2.merge", store.toString()), other, base, base, MergeSpec.DEFAULT);
  }

  private static Set<Path> tree(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return new TreeSet<>(files.toList());
    }
  }

  private static Path model(Path folder, float value) throws IOException {
    Files.createDirectories(folder);
    byte[] header =
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}"
            .getBytes(StandardCharsets.UTF_8);
    Files.write(
        folder.resolve("model.safetensors"),
        ByteBuffer.allocate(8 + header.length + 8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .put(header)
            .putFloat(value)
            .putFloat(-value)
            .array());
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"llama\"}");
    return folder;
  }
}
