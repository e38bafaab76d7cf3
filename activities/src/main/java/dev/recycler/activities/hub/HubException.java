package dev.recycler.activities.hub;

import java.io.IOException;

/**
 * The hub does not give, or does not take, what it was asked for. The message is one sentence for a
 * person and never holds a token or a signed address.
 */
public final class HubException extends IOException {
  /** Who has to act. */
  public enum Kind {
    /** The user: a name, a revision, a permission. Another try gives the same answer. */
    USER,
    /** Nobody, for now: the network or the hub fails. */
    PASSING
  }

  private final Kind kind;

  private HubException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  static HubException user(String message) {
    return new HubException(Kind.USER, message, null);
  }

  static HubException passing(String message) {
    return new HubException(Kind.PASSING, message, null);
  }

  static HubException passing(String message, Throwable cause) {
    return new HubException(Kind.PASSING, message, cause);
  }

  public Kind kind() {
    return kind;
  }
}
