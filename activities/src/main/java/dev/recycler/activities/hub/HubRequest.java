package dev.recycler.activities.hub;

import dev.recycler.workflows.spec.HubModel;
import java.util.Optional;
import okhttp3.Response;

/**
 * What a request is about, for the sentence that says why it was refused.
 *
 * @param what it asks for, e.g. {@code config.json of org/name}
 * @param writes whether it would change the hub
 */
record HubRequest(HubModel model, String what, boolean writes) {
  private static final int LONGEST_MESSAGE = 300;

  static HubRequest reading(HubModel model) {
    return new HubRequest(model, model.repository(), false);
  }

  static HubRequest reading(HubModel model, String file) {
    return new HubRequest(model, file + " of " + model.repository(), false);
  }

  static HubRequest writing(HubModel model, String what) {
    return new HubRequest(model, what, true);
  }

  /** The hub's refusal as a failure. */
  HubException refused(Response response, HubHttp http) {
    String repository = model.repository();
    String host = http.host();
    boolean token = http.settings().token().isPresent();
    String code = Optional.ofNullable(response.header("X-Error-Code")).orElse("");
    String said = Optional.ofNullable(response.header("X-Error-Message")).orElse("");
    if (said.startsWith("Invalid credentials") || said.startsWith("Invalid username or password")) {
      return HubException.user(
          token
              ? "%s does not know the token; set HF_TOKEN to one that is valid".formatted(host)
              : notThere(host, false));
    }
    return switch (code) {
      case "GatedRepo" -> HubException.user(gated(http, token));
      case "RevisionNotFound" ->
          HubException.user(
              "%s on %s has no revision \"%s\"; give a branch, a tag or a commit that it has"
                  .formatted(repository, host, model.revision()));
      case "EntryNotFound" -> HubException.user("%s has no %s".formatted(host, what));
      case "RepoNotFound" -> HubException.user(notThere(host, token));
      default ->
          switch (response.code()) {
            case 401 -> HubException.user(notThere(host, token));
            case 403 -> HubException.user(forbidden(host, said, token));
            case 404 -> HubException.user(notThere(host, token));
            case 409, 412 ->
                HubException.user(
                    "%s has changed meanwhile; look at it and publish again".formatted(repository));
            default ->
                HubException.user(
                    "%s answers %d for %s%s"
                        .formatted(host, response.code(), what, quoted(said, response)));
          };
    };
  }

  private String gated(HubHttp http, boolean token) {
    String page = http.url(model.repository()).toString();
    return token
        ? "%s is gated, and the account of HF_TOKEN has no access; ask for it at %s"
            .formatted(model.repository(), page)
        : "%s is gated; accept its terms at %s and set HF_TOKEN to a token of that account"
            .formatted(model.repository(), page);
  }

  private String notThere(String host, boolean token) {
    if (writes) {
      return token
          ? "there is no model %s on %s that the token may write to"
              .formatted(model.repository(), host)
          : "publishing needs a token; set HF_TOKEN to one that may write to %s"
              .formatted(model.repository());
    }
    return token
        ? "there is no model %s on %s, or the token may not read it; correct the name or HF_TOKEN"
            .formatted(model.repository(), host)
        : "there is no model %s on %s for all to read; correct the name, or set HF_TOKEN if it is private"
            .formatted(model.repository(), host);
  }

  private String forbidden(String host, String said, boolean token) {
    return "%s forbids %s%s; %s"
        .formatted(
            host,
            what,
            said.isEmpty() ? "" : " (" + cut(said) + ")",
            token
                ? "HF_TOKEN must have the permission to " + (writes ? "write" : "read")
                : "set HF_TOKEN");
  }

  private static String quoted(String said, Response response) {
    String text = said;
    if (text.isEmpty()) {
      try {
        text = response.peekBody(LONGEST_MESSAGE).string();
      } catch (java.io.IOException e) {
        // Then only the number is told.
        text = "";
      }
    }
    return text.isBlank() ? "" : ": " + cut(text.replaceAll("\\s+", " ").strip());
  }

  private static String cut(String text) {
    return text.length() <= LONGEST_MESSAGE ? text : text.substring(0, LONGEST_MESSAGE) + "…";
  }
}
