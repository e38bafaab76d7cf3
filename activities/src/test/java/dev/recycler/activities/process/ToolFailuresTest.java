package dev.recycler.activities.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.recycler.activities.process.ToolExit.Cause;
import dev.recycler.activities.step.StepFailed;
import dev.recycler.workflows.activity.FailureKind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way in which tools fail, as their logs tell it: who has to act, and in what words. */
class ToolFailuresTest {
  private static final String BACKTRACE =
      """
      Traceback (most recent call last):
        File "/venv/lib/python3.12/site-packages/trl/scripts/sft.py", line 190, in <module>
          main(script_args, training_args, model_args, dataset_args)
      """;

  /** What a log says, how the tool ended, who has to act, and the words between. */
  record Case(String log, int code, int signal, FailureKind kind, String words) {
    @Override
    public String toString() {
      return words;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(
            BACKTRACE
                + """
                torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 3.91 GiB. GPU 0 has a \
                total capacity of 79.19 GiB of which 1.02 GiB is free.
                E1121 12:00:03.113000 17 torch/distributed/elastic/multiprocessing/api.py:869] failed
                """,
            1,
            0,
            FailureKind.MACHINE,
            "out of GPU memory; smaller batches, gradient checkpointing or more GPUs would help —"
                + " torch.OutOfMemoryError: CUDA out of memory."),
        new Case(
            BACKTRACE + "OSError: [Errno 28] No space left on device\n",
            1,
            0,
            FailureKind.MACHINE,
            "no space left on disk — OSError: [Errno 28]"),
        new Case(
            BACKTRACE
                + "safetensors_rust.SafetensorError: Error while serializing: IoError(Os { code: 122,"
                + " kind: QuotaExceeded, message: \"Disk quota exceeded\" })\n",
            1,
            0,
            FailureKind.MACHINE,
            "no space left on disk — safetensors_rust.SafetensorError"),
        new Case(
            BACKTRACE
                + "RuntimeError: [enforce fail at alloc_cpu.cpp:121] err == 0."
                + " DefaultCPUAllocator: can't allocate memory: you tried to allocate 9663676416"
                + " bytes.\n",
            1,
            0,
            FailureKind.MACHINE,
            "out of memory — RuntimeError"),
        new Case(
            BACKTRACE
                + "ValueError: Your setup doesn't support bf16/gpu. You need to assign use_cpu if you"
                + " want to train the model on CPU.\n",
            1,
            0,
            FailureKind.USER,
            "torch sees no GPU there; write use_cpu: true and bf16: false under finetune.arguments to"
                + " train on the CPU, or have a worker with GPUs run it — ValueError: Your setup"),
        new Case(
            """
            usage: sft.py [-h] [--dataset_name DATASET_NAME] [--learning_rate LEARNING_RATE]
            sft.py: error: argument --learning_rate: invalid float value: '5e-6x'
            """,
            2,
            0,
            FailureKind.USER,
            "it does not take these arguments — sft.py: error: argument --learning_rate"),
        new Case(
            BACKTRACE
                + "ValueError: Some specified arguments are not used by the HfArgumentParser:"
                + " ['--learning_rat', '5e-6']\n",
            1,
            0,
            FailureKind.USER,
            "it does not take these arguments — ValueError: Some specified arguments"),
        new Case(
            BACKTRACE + "ModuleNotFoundError: No module named 'deepspeed'\n",
            1,
            0,
            FailureKind.USER,
            "a Python package is missing or does not fit in its environment — ModuleNotFoundError"),
        new Case(
            BACKTRACE
                + "datasets.exceptions.DatasetNotFoundError: Dataset 'allenai/tulu-3' doesn't exist"
                + " on the Hub or cannot be accessed.\n",
            1,
            0,
            FailureKind.USER,
            "a model, task or data file was not found — datasets.exceptions.DatasetNotFoundError"),
        new Case(
            BACKTRACE
                + "OSError: /models/m1 does not appear to have a file named config.json. Checkout"
                + " 'https://huggingface.co//models/m1/tree/main' for available files.\n",
            1,
            0,
            FailureKind.USER,
            "a model, task or data file was not found — OSError: /models/m1 does not appear"),
        new Case(
            "2026-11-21:12:00:03 ERROR    [_cli.run:431] Tasks were not found: gsm8kk. Try `lm-eval"
                + " ls tasks` for list of available tasks\n",
            1,
            0,
            FailureKind.USER,
            "a model, task or data file was not found —"),
        new Case(
            BACKTRACE
                + "huggingface_hub.errors.GatedRepoError: 403 Client Error. (Request ID:"
                + " Root=1-67)\n"
                + "Access to model meta-llama/Llama-3.1-8B is restricted.\n",
            1,
            0,
            FailureKind.USER,
            "the hub refused; give HF_TOKEN, or a name that exists —"
                + " huggingface_hub.errors.GatedRepoError"),
        new Case(
            "[rank3]: torch.distributed.DistBackendError: NCCL error in:"
                + " ProcessGroupNCCL.cpp:3356, unhandled system error\n",
            1,
            0,
            FailureKind.MACHINE,
            "the GPUs or their connections failed — [rank3]: torch.distributed.DistBackendError"),
        new Case(
            BACKTRACE
                + "torch.AcceleratorError: CUDA error: uncorrectable ECC error encountered\n"
                + "CUDA kernel errors might be asynchronously reported at some other API call\n",
            1,
            0,
            FailureKind.MACHINE,
            "the GPUs or their connections failed — torch.AcceleratorError"),
        new Case(
            " 40%|████      | 40/100 [00:10<00:15]\n",
            -1,
            9,
            FailureKind.MACHINE,
            "was killed by SIGKILL (by a person, or by the system where memory ran out)"),
        new Case("", -1, 15, FailureKind.MACHINE, "was killed by SIGTERM"),
        new Case(
            "Fatal Python error: Segmentation fault\n",
            -1,
            11,
            FailureKind.TOOL,
            "was killed by SIGSEGV: Fatal Python error"),
        new Case(
            BACKTRACE + "KeyError: 'messages'\n",
            1,
            0,
            FailureKind.TOOL,
            "ended with exit code 1: KeyError: 'messages'"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isNamedInOneSentenceWithWhoHasToAct(Case wrong) {
    Instant now = Instant.now();
    StepFailed failure =
        ToolFailures.ended(
            "TRL",
            new ToolExit(Cause.BY_ITSELF, wrong.code(), wrong.signal(), now, now, ""),
            wrong.log().lines().filter(line -> !line.isBlank()).toList(),
            "; log: /store/work/log");

    assertThat(failure).hasMessageContaining(wrong.words());
    assertThat(failure.kind()).isEqualTo(wrong.kind());
    assertThat(failure.lastWord())
        .as("what a person has to put right is not tried again")
        .isEqualTo(wrong.kind() == FailureKind.USER);
    assertThat(failure.getMessage())
        .startsWith("TRL ")
        .endsWith("; log: /store/work/log")
        .doesNotContain("\n");
  }

  @TempDir Path folder;

  @Test
  void limitsAreNamedByTheirKeysAndALimitInAllIsTheLastWord() throws Exception {
    StepFailed all = limited("all", new ToolCommand.Limits(Duration.ofSeconds(1), null, null));
    assertThat(all)
        .hasMessageContaining("TRL was ended after ")
        .hasMessageContaining("s, the time that limits.in-all allows it; log: ");
    assertThat(all.lastWord()).isTrue();

    StepFailed quiet = limited("quiet", new ToolCommand.Limits(null, Duration.ofSeconds(1), null));
    assertThat(quiet)
        .hasMessageContaining(
            "TRL was ended because its log did not grow for as long as limits.no-progress-for"
                + " allows; log: ");
    assertThat(quiet.kind()).isEqualTo(FailureKind.TOOL);
    assertThat(quiet.lastWord()).isFalse();
  }

  private StepFailed limited(String name, ToolCommand.Limits limits) throws Exception {
    Attempt attempt =
        new Supervision(Runs.LEASE)
            .startOrAttach(
                folder.resolve(name),
                (output, _) -> Runs.shell(output, "sleep 600").withLimits(limits),
                () -> {});
    Runs.ended(attempt);
    return ToolFailures.of("TRL", attempt, new ToolEnvironment(Runs.ENVIRONMENT, Set.of()));
  }

  @Test
  void theLastErrorOfATracebackIsTheDecisiveLine() {
    assertThat(ToolFailures.decisive(List.of("a", "ValueError: b", "c")))
        .isEqualTo("ValueError: b");
    assertThat(ToolFailures.decisive(List.of("a", "b", "c", "d"))).isEqualTo("b / c / d");
  }
}
