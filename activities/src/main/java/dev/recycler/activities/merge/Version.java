package dev.recycler.activities.merge;

/** The version of this program, as its jar says. */
final class Version {
  private Version() {}

  static String get() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "(unreleased)" : version;
  }
}
