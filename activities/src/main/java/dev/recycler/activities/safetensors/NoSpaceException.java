package dev.recycler.activities.safetensors;

/** The file system has no room for the output. */
public final class NoSpaceException extends CheckpointIoException {
  public NoSpaceException(String message) {
    super(message);
  }

  public NoSpaceException(String message, Throwable cause) {
    super(message, cause);
  }
}
