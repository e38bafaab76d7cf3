package dev.recycler.activities.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectionTest {
  private static final HttpUrl HUB = HttpUrl.get("https://huggingface.co/org/m/resolve/main/a");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://cdn-lfs.hf.co/a?signed=1",
        "https://8.8.8.8/a",
        "https://172.32.0.1/a",
        "https://store.intern.example/a",
        "https://10.example.org/a"
      })
  void contentLiesOnOtherHosts(String target) throws HubException {
    assertThat(Redirection.allowed(HUB, HttpUrl.get(target))).isEqualTo(HttpUrl.get(target));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://169.254.169.254/latest/meta-data",
        "https://127.0.0.1:8080/a",
        "https://2130706433/a",
        "https://0x7f.1/a",
        "https://localhost/a",
        "https://hub.localhost/a",
        "https://10.1.2.3/a",
        "https://172.20.0.1/a",
        "https://192.168.1.1/a",
        "https://100.64.0.1/a",
        "https://[::1]/a",
        "https://[::ffff:10.0.0.1]/a",
        "https://[fd00::1]/a",
        "https://[fe80::1]/a"
      })
  void aHubOutThereSendsNobodyIntoTheNetworkHere(String target) {
    assertThatExceptionOfType(HubException.class)
        .isThrownBy(() -> Redirection.allowed(HUB, HttpUrl.get(target)))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(HubException.Kind.USER))
        .withMessageStartingWith("huggingface.co sends the download to https://")
        .withMessageEndingWith(
            "which is an address of this machine's own network; nothing is fetched from there");
  }

  @Test
  void encryptionIsNotTakenAway() {
    assertThatExceptionOfType(HubException.class)
        .isThrownBy(() -> Redirection.allowed(HUB, HttpUrl.get("http://cdn.hf.co/a?signed=1")))
        .withMessage(
            "huggingface.co sends the download to http://cdn.hf.co, without encryption; nothing is"
                + " fetched from there");
  }

  @Test
  void aMirrorInHereMaySendToItsNeighbour() throws HubException {
    HttpUrl mirror = HttpUrl.get("http://192.168.1.1:8080/m");
    HttpUrl store = HttpUrl.get("http://192.168.1.2/a");
    assertThat(Redirection.allowed(mirror, store)).isEqualTo(store);
  }
}
