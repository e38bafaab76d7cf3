package dev.recycler.activities.hub;

import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/**
 * Where a hub may send a download. Its content lies on other hosts, which change; but a hub out
 * there has no business with addresses that only this machine or its network reaches, such as that
 * of a cloud's metadata, nor with taking the encryption away.
 */
final class Redirection {
  /**
   * Loopback, private, shared, link-local and unique local addresses, written as numbers (RFC
   * 6890): a name may lead to one where a network has a content store of its own.
   */
  private static final Pattern INSIDE =
      Pattern.compile(
          "localhost|.*\\.localhost"
              + "|(0|10|127)(\\.\\d+){3}|192\\.168(\\.\\d+){2}|169\\.254(\\.\\d+){2}"
              + "|172\\.(1[6-9]|2\\d|3[01])(\\.\\d+){2}|100\\.(6[4-9]|[7-9]\\d|1[01]\\d|12[0-7])(\\.\\d+){2}"
              + "|::1?|::ffff:.*|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*"
              // Ways to write an address that nobody needs but to hide it.
              + "|(0x[0-9a-f]+|\\d+)(\\.(0x[0-9a-f]+|\\d+)){0,2}"
              + "|(?=(.*\\.)?0[0-9x])[0-9a-fx]+(\\.[0-9a-fx]+){3}");

  private Redirection() {}

  /**
   * The address to go to.
   *
   * @param hub the one that sends there
   * @throws HubException where nobody is to be sent there
   */
  static HttpUrl allowed(HttpUrl hub, HttpUrl target) throws HubException {
    if (hub.isHttps() && !target.isHttps()) {
      throw refused(hub, target, "without encryption");
    }
    if (isInside(target) && !isInside(hub)) {
      throw refused(hub, target, "which is an address of this machine's own network");
    }
    return target;
  }

  private static HubException refused(HttpUrl hub, HttpUrl target, String why) {
    return HubException.user(
        "%s sends the download to %s://%s, %s; nothing is fetched from there"
            .formatted(hub.host(), target.scheme(), target.host(), why));
  }

  private static boolean isInside(HttpUrl url) {
    return INSIDE.matcher(url.host()).matches();
  }
}
