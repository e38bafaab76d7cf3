package dev.recycler.activities.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a tool gets to see of the worker's environment: an allow-list, what its adapter sets, what
 * the series file adds, and secrets by name.
 *
 * @param variables all of it
 * @param secrets names of those whose values must not be written down or shown
 */
public record ToolEnvironment(Map<String, String> variables, Set<String> secrets) {
  private static final Set<String> ALLOWED =
      Set.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "LANG",
          "TZ",
          "TMPDIR",
          "LD_LIBRARY_PATH",
          "XDG_CACHE_HOME",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR",
          "REQUESTS_CA_BUNDLE",
          "http_proxy",
          "https_proxy",
          "no_proxy",
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY",
          "MASTER_ADDR",
          "MASTER_PORT");
  private static final List<String> ALLOWED_PREFIXES =
      List.of(
          "LC_",
          "CUDA_",
          "NVIDIA_",
          "NCCL_",
          "ROCR_",
          "HIP_",
          "HF_",
          "TRANSFORMERS_",
          "TOKENIZERS_",
          "TORCH_",
          "PYTORCH_",
          "TRITON_",
          "VLLM_",
          "ACCELERATE_",
          "WANDB_",
          "SLURM_",
          "OMP_",
          "MKL_");

  /** What the name of a secret has among its words. */
  private static final Pattern SECRET =
      Pattern.compile("(.*_)?(TOKEN|KEY|APIKEY|SECRET|PASSWORD|PASSWD|CREDENTIALS?|JWT)(_.*)?");

  public ToolEnvironment {
    variables = Map.copyOf(variables);
    secrets = Set.copyOf(secrets);
  }

  /**
   * Puts an environment together.
   *
   * @param worker the worker's own environment
   * @param defaults what the adapter sets
   * @param added what the series file adds; it wins. One without a value is the worker's own, and a
   *     secret
   */
  public static ToolEnvironment of(
      Map<String, String> worker, Map<String, String> defaults, Map<String, String> added) {
    Map<String, String> variables = new TreeMap<>();
    worker.forEach(
        (name, value) -> {
          if (ALLOWED.contains(name) || ALLOWED_PREFIXES.stream().anyMatch(name::startsWith)) {
            variables.put(name, value);
          }
        });
    variables.putAll(defaults);
    Set<String> handedOn = new TreeSet<>();
    added.forEach(
        (name, value) -> {
          if (!value.isEmpty()) {
            variables.put(name, value);
          } else if (worker.containsKey(name)) {
            variables.put(name, worker.get(name));
            handedOn.add(name);
          }
        });
    Set<String> secrets = new TreeSet<>(variables.keySet());
    secrets.removeIf(name -> !SECRET.matcher(name).matches() && !handedOn.contains(name));
    return new ToolEnvironment(variables, secrets);
  }

  /** The text with the values of secrets replaced by stars. */
  public String redact(String text) {
    return redaction().redact(text);
  }

  /** Copies a file with the values of secrets replaced by stars. */
  public void copyRedacted(Path from, Path to) throws IOException {
    redaction().copy(from, to);
  }

  /** Replaces the values of secrets by stars in a file that nobody writes any more. */
  void redactFile(Path file) throws IOException {
    redaction().redact(file);
  }

  private Redaction redaction() {
    return new Redaction(secrets.stream().map(variables::get).toList());
  }
}
