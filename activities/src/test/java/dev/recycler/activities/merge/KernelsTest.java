package dev.recycler.activities.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.recycler.activities.safetensors.BadCheckpointException;
import dev.recycler.activities.safetensors.Dtype;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vector and scalar kernels give the same bits, and the right ones. */
class KernelsTest {
  private static final long SEED = Long.getLong("recycler.test.seed", System.nanoTime());

  @Test
  void vectorsAreThereInTheBuild() {
    assertThat(Kernels.choose(KernelChoice.AUTO).name()).startsWith("vector-");
    assertThat(VectorSupport.describe()).startsWith("vector-");
    assertThat(Kernels.choose(KernelChoice.SCALAR).name()).isEqualTo("scalar");
  }

  @Test
  void vectorKernelsEqualScalarOnes() {
    assertThat(KernelChecks.run(SEED)).startsWith("vector-");
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 32, 64})
  void vectorKernelsEqualScalarOnesAtOtherWidths(int bytes) throws Exception {
    // A machine with narrower vectors than asked for checks its own width again.
    // Compiled at once, so that the machine's vectors are tested and not their stand-in in Java.
    String output =
        java(
            "-XX:MaxVectorSize=" + bytes,
            "--add-modules",
            "jdk.incubator.vector",
            "-Xbatch",
            "-XX:CompileCommand=quiet",
            "-XX:CompileCommand=CompileThresholdScaling,*VectorKernels::*,0.001");
    assertThat(output).containsPattern("vector-(128|256|512)");
    if (bytes == 16) {
      assertThat(output).contains("vector-128");
    }
  }

  @Test
  void withoutTheVectorModuleScalarKernelsServe() throws Exception {
    assertThat(java(WithoutVectors.class))
        .contains("scalar, because the JVM runs without --add-modules jdk.incubator.vector")
        .contains("chosen scalar")
        .contains(
            "refused vector kernels are not to be had: the JVM runs without --add-modules"
                + " jdk.incubator.vector");
  }

  /** Run in a JVM without the module. */
  static final class WithoutVectors {
    public static void main(String[] args) {
      System.out.println(VectorSupport.describe());
      System.out.println("chosen " + Kernels.choose(KernelChoice.AUTO).name());
      try {
        Kernels.choose(KernelChoice.VECTOR);
      } catch (BadCheckpointException e) {
        System.out.println("refused " + e.getMessage());
      }
    }
  }

  @Test
  void scalarRoundingsAreToTheNearestAndTiesToEven() {
    var random = new Random(SEED);
    for (int i = 0; i < 200_000; i++) {
      int bits = random.nextInt();
      float value = Float.intBitsToFloat(i % 2 == 0 ? bits : bits & 0xffff8000);
      if (i % 3 == 0) {
        value = Float.float16ToFloat((short) bits) + Float.float16ToFloat((short) (bits + 1));
        value /= 2;
      }
      assertThat(ScalarKernels.toBfloat16(value) & 0xffffL)
          .as("seed %d, %s to bfloat16", SEED, value)
          .isEqualTo(Reference.toBits(value, Dtype.BF16));
      assertThat(ScalarKernels.toFloat16(value) & 0xffffL)
          .as("seed %d, %s to float16", SEED, value)
          .isEqualTo(Reference.toBits(value, Dtype.F16));
    }
  }

  @Test
  void scalesThatAreNoNumberAreRefused() {
    assertThatExceptionOfType(BadCheckpointException.class)
        .isThrownBy(
            () ->
                MergeRequest.of(null, Requests.NOWHERE, Requests.NOWHERE, Requests.NOWHERE)
                    .withScales(List.of(Double.NaN)))
        .withMessage("scale is NaN; it must be a finite number");
  }

  private static String java(String... options) throws IOException, InterruptedException {
    return java(List.of(options), KernelChecks.class, Long.toString(SEED));
  }

  private static String java(Class<?> main) throws IOException, InterruptedException {
    return java(List.of(), main);
  }

  private static String java(List<String> options, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
