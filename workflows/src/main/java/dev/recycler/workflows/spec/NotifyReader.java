package dev.recycler.workflows.spec;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads where news of a series goes. */
final class NotifyReader {
  private static final Pattern ADDRESS =
      Pattern.compile(
          "https?://(?<user>[^/?#\\s]*@)?(?<host>[A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?"
              + "(/[^?#\\s]*)?(?<query>\\?\\S*)?");

  /** Whoever knows such an address may write there. */
  private static final Pattern SECRET_HOST =
      Pattern.compile(
          "(?i)hooks\\.slack\\.com|(.*\\.)?discord(app)?\\.com|.*\\.webhook\\.office\\.com");

  private NotifyReader() {}

  static List<NotifySpec> read(Value value) {
    List<NotifySpec> all = new ArrayList<>();
    for (Value element : value.list("names no webhook; give at least one, or remove it")) {
      Section.of(element, Keys.NOTIFY).flatMap(NotifyReader::one).ifPresent(all::add);
    }
    return all;
  }

  private static Optional<NotifySpec> one(Section section) {
    Optional<Value> given = section.get("webhook");
    Optional<Value> named = section.get("webhook-from");
    Optional<String> webhook = given.flatMap(NotifyReader::address);
    Optional<String> from = named.flatMap(NotifyReader::variable);
    if (given.isEmpty() && named.isEmpty()) {
      section.require(
          "webhook",
          "give its address, or name the workers' environment variable that holds it:"
              + " webhook-from");
    } else if (given.isPresent() && named.isPresent()) {
      given.get().problem("stands beside webhook-from; keep one of them");
    }
    NotifySpec.Format format =
        section
            .get("format")
            .flatMap(
                value ->
                    value.oneOf(
                        "a format", List.of(NotifySpec.Format.values()), NotifySpec.Format::key))
            .orElse(NotifySpec.Format.JSON);
    List<NotifySpec.News> all = List.of(NotifySpec.News.values());
    List<NotifySpec.News> on = section.get("on").map(NotifyReader::news).orElse(all);
    return webhook.isPresent() == from.isPresent()
        ? Optional.empty()
        : Optional.of(new NotifySpec(webhook.orElse(null), from.orElse(null), format, on));
  }

  private static List<NotifySpec.News> news(Value value) {
    Set<NotifySpec.News> news = new LinkedHashSet<>();
    for (Value element :
        value.listOrOne("lists nothing; use finished, failed, approval, release")) {
      element
          .oneOf("news", List.of(NotifySpec.News.values()), NotifySpec.News::key)
          .filter(one -> !news.add(one))
          .ifPresent(one -> element.problem("\"%s\" stands twice".formatted(one.key())));
    }
    return List.copyOf(news);
  }

  private static Optional<String> variable(Value value) {
    Optional<String> name = value.text();
    name.filter(text -> !text.matches("[A-Za-z_][A-Za-z0-9_]*"))
        .ifPresent(
            _ ->
                value.problem(
                    "is not the name of an environment variable; write one such as SLACK_WEBHOOK,"
                        + " without $"));
    return name.filter(text -> text.matches("[A-Za-z_][A-Za-z0-9_]*"));
  }

  /** An address that may be seen; it is never repeated in a message, since it may be a secret. */
  private static Optional<String> address(Value value) {
    Optional<String> text = value.text();
    if (text.isEmpty()) {
      return text;
    }
    Matcher web = ADDRESS.matcher(text.get());
    if (!web.matches()) {
      value.problem("is no web address; write one such as https://example.org/hooks/recycler");
    } else if (web.group("user") != null
        || web.group("query") != null
        || SECRET_HOST.matcher(web.group("host")).matches()) {
      value.problem(
          "holds a secret, and a series file's values are stored and shown; put the address into an"
              + " environment variable of the workers and name it: webhook-from: SLACK_WEBHOOK");
    } else {
      return text;
    }
    return Optional.empty();
  }
}
