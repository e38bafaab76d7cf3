package dev.recycler.activities.safetensors;

/**
 * A model folder, or what is asked of it, is wrong; trying again does not help. The message is one
 * sentence that names the file, the tensor where there is one, and what would be right.
 */
public class BadCheckpointException extends RuntimeException {
  public BadCheckpointException(String message) {
    super(message);
  }

  public BadCheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
