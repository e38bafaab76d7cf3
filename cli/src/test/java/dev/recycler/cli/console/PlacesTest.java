package dev.recycler.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlacesTest {
  private static Places places(Map<String, String> variables, boolean mac) {
    return new Places(variables, Path.of("/home/ada"), Path.of("/proj"), Path.of("/app"), mac);
  }

  @Test
  void foldersFollowTheXdgRules() {
    assertThat(places(Map.of(), false).cache()).isEqualTo(Path.of("/home/ada/.cache/recycler"));
    assertThat(places(Map.of(), false).data())
        .isEqualTo(Path.of("/home/ada/.local/share/recycler"));
    Map<String, String> set = Map.of("XDG_CACHE_HOME", "/big/cache", "XDG_DATA_HOME", "/big/data");
    assertThat(places(set, false).cache()).isEqualTo(Path.of("/big/cache/recycler"));
    assertThat(places(set, false).quickstartHome())
        .isEqualTo(Path.of("/big/data/recycler/quickstart"));
  }

  @Test
  void aRelativeXdgFolderIsIgnoredAsTheRulesAsk() {
    assertThat(places(Map.of("XDG_CACHE_HOME", "cache"), false).cache())
        .isEqualTo(Path.of("/home/ada/.cache/recycler"));
  }

  @Test
  void macHasItsOwnFolders() {
    assertThat(places(Map.of(), true).cache())
        .isEqualTo(Path.of("/home/ada/Library/Caches/recycler"));
  }

  @Test
  void writtenPathsStartFromTheWorkingFolderOrTheHome() {
    Places places = places(Map.of(), false);
    assertThat(places.resolve(Path.of("a/../b"))).isEqualTo(Path.of("/proj/b"));
    assertThat(places.resolve(Path.of("~/x"))).isEqualTo(Path.of("/home/ada/x"));
    assertThat(places.resolve(Path.of("~"))).isEqualTo(Path.of("/home/ada"));
    assertThat(places.resolve(Path.of("/x"))).isEqualTo(Path.of("/x"));
  }

  @Test
  void pathsAreShownShortAndQuotedWhereTyped() {
    Places places = places(Map.of(), false);
    assertThat(places.show(Path.of("/home/ada/x"))).isEqualTo("~/x");
    assertThat(places.show(Path.of("/x"))).isEqualTo("/x");
    assertThat(places.quote(Path.of("/x/y-1"))).isEqualTo("/x/y-1");
    assertThat(places.quote(Path.of("/x y"))).isEqualTo("\"/x y\"");
  }
}
