package dev.recycler.activities.safetensors;

import java.io.IOException;

/**
 * The machine failed while a checkpoint was read or written: a read error, a file that shrank while
 * it was read, a disk that does not take more. The message names the file, the tensor where there
 * is one, and the number of bytes.
 */
public class CheckpointIoException extends IOException {
  public CheckpointIoException(String message) {
    super(message);
  }

  public CheckpointIoException(String message, Throwable cause) {
    super(message, cause);
  }
}
