package dev.recycler.workflows.spec;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Where news of a series goes. The address is either here, and then seen by everybody who sees the
 * series, or in the environment of the workers and here only by its variable's name.
 *
 * @param webhook the address, or null
 * @param webhookFrom name of the environment variable that holds it, or null
 * @param format what is sent
 * @param on which news
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NotifySpec(String webhook, String webhookFrom, Format format, List<News> on) {
  public NotifySpec {
    if ((webhook == null) == (webhookFrom == null)) {
      throw new IllegalArgumentException("either the address or where it is to be found");
    }
    Objects.requireNonNull(format, "format");
    on = List.copyOf(on);
  }

  /** What is sent. */
  public enum Format {
    /** The notice itself, with all its parts. */
    @JsonProperty("json")
    JSON,
    /**
     * A text as Slack's incoming webhooks take it, and those of Mattermost and Discord's /slack.
     */
    @JsonProperty("slack")
    SLACK;

    /** The name used in series files. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What may happen to a series that somebody wants to know of. */
  public enum News {
    /** Every step is done, or was skipped. */
    @JsonProperty("finished")
    FINISHED,
    /** A step has failed for good. */
    @JsonProperty("failed")
    FAILED,
    /** A gate waits for a person. */
    @JsonProperty("approval")
    APPROVAL,
    /** A revision of a watched repository has become a release. */
    @JsonProperty("release")
    RELEASE;

    /** The name used in series files. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
