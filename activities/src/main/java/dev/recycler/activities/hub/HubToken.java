package dev.recycler.activities.hub;

/** A token of the hub, which no text of it shows. */
public final class HubToken {
  private final String value;

  public HubToken(String value) {
    this.value = value;
  }

  String header() {
    return "Bearer " + value;
  }

  @Override
  public String toString() {
    return "a token";
  }
}
