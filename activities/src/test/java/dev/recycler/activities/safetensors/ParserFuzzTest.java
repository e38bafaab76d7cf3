package dev.recycler.activities.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Throws mutated headers, indexes and files at the parsers: the outcome is a success that covers
 * the data, or the typed refusal; soon, and without large allocations.
 *
 * <p>The long run: {@code ./mvnw -pl activities -am test -Dtest=ParserFuzzTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Drecycler.fuzz.inputs=10000000}. A failure names its
 * seed; {@code -Drecycler.test.seed=N} runs from that seed.
 */
class ParserFuzzTest {
  private static final long SEED = Long.getLong("recycler.test.seed", System.nanoTime());
  private static final long INPUTS = Long.getLong("recycler.fuzz.inputs", 30_000);
  private static final int FILES_EVERY = 200;

  private static final long ALLOWED_BYTES = 1 << 18;

  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path scratch;
  private long accepted;
  private long refused;

  @Test
  void everyInputIsAcceptedOrRefused() throws Exception {
    Path folder = Files.createDirectory(scratch.resolve("model"));
    for (long i = 0; i < INPUTS; i++) {
      long seed = SEED + i;
      try {
        check(seed, i % FILES_EVERY == 0 ? folder : null);
      } catch (Throwable e) {
        throw new AssertionError("replay with -Drecycler.test.seed=%d: %s".formatted(seed, e), e);
      }
    }
    System.out.printf(
        "fuzzed %d inputs from seed %d: %d accepted, %d refused%n",
        INPUTS, SEED, accepted, refused);
    assertThat(accepted).isGreaterThan(INPUTS / 50);
    assertThat(refused).isGreaterThan(INPUTS / 4);
  }

  /** What one look at an input cost. */
  private record Cost(long bytes, long millis) {}

  private void check(long seed, Path folder) throws Exception {
    var mutator = new HeaderMutator(new Random(seed));
    byte[] header = mutator.header();
    byte[] index = mutator.index();
    long limit = ALLOWED_BYTES + 200L * (header.length + index.length);
    // Classes being loaded or the whole machine standing still look the same as a costly input:
    // only
    // an input that is costly twice counts.
    if (isTooMuch(look(header, index, mutator.dataBytes()), limit)) {
      Cost again = look(header, index, mutator.dataBytes());
      if (isTooMuch(again, limit)) {
        throw new AssertionError("%s for a header of %d bytes".formatted(again, header.length));
      }
    }
    if (folder != null) {
      openFolder(folder, mutator.file(header), index, mutator.random().nextBoolean());
    }
  }

  private static boolean isTooMuch(Cost cost, long limit) {
    return cost.bytes() > limit || cost.millis() > 1000;
  }

  private Cost look(byte[] header, byte[] index, long dataBytes) {
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    long started = THREADS.getCurrentThreadCpuTime();
    parseHeader(header, dataBytes);
    parseIndex(index);
    return new Cost(
        THREADS.getCurrentThreadAllocatedBytes() - allocated,
        (THREADS.getCurrentThreadCpuTime() - started) / 1_000_000);
  }

  private void parseHeader(byte[] json, long dataBytes) {
    try {
      Header header = new HeaderParser("f", 8L + json.length, dataBytes).parse(json);
      long at = 8L + json.length;
      for (TensorInfo tensor : header.tensors()) {
        if (tensor.offset() != at
            || tensor.bytes() * 8 != Math.multiplyExact(tensor.elements(), tensor.dtype().bits())) {
          throw new AssertionError("accepted " + tensor);
        }
        at += tensor.bytes();
      }
      if (at != 8L + json.length + dataBytes) {
        throw new AssertionError("accepted data that is not covered");
      }
      accepted++;
    } catch (BadCheckpointException e) {
      requireSentence(e);
    }
  }

  private void parseIndex(byte[] json) {
    try {
      ShardIndex index = ShardIndex.parse("i", json);
      for (String name : index.weightMap().values()) {
        if (name.contains("/") || name.equals("..") || !name.endsWith(".safetensors")) {
          throw new AssertionError("accepted the file " + name);
        }
      }
      accepted++;
    } catch (BadCheckpointException e) {
      requireSentence(e);
    }
  }

  private void openFolder(Path folder, byte[] file, byte[] index, boolean sharded)
      throws Exception {
    Path weights = folder.resolve(sharded ? "a.safetensors" : "model.safetensors");
    Path indexFile = folder.resolve("model.safetensors.index.json");
    Files.write(weights, file);
    if (sharded) {
      Files.write(indexFile, index);
    }
    try (ModelFolder model = ModelFolder.open(folder)) {
      assertThat(model.bytes()).isLessThanOrEqualTo(file.length);
      accepted++;
    } catch (BadCheckpointException e) {
      requireSentence(e);
    } finally {
      Files.deleteIfExists(weights);
      Files.deleteIfExists(indexFile);
    }
  }

  private void requireSentence(BadCheckpointException refusal) {
    refused++;
    String message = refusal.getMessage();
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 4000 || message.chars().anyMatch(Character::isISOControl)) {
      throw new AssertionError("not a sentence for a person: " + message);
    }
  }
}
