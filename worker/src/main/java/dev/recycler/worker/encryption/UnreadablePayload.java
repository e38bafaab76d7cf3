package dev.recycler.worker.encryption;

import io.temporal.payload.codec.PayloadCodecException;

/** A payload that the keys here do not open; the message is for a person. */
public final class UnreadablePayload extends PayloadCodecException {
  UnreadablePayload(String message, Throwable cause) {
    super(message, cause);
  }
}
