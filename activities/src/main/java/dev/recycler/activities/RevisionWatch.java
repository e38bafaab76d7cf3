package dev.recycler.activities;

import dev.recycler.activities.hub.Hub;
import dev.recycler.activities.hub.HubException;
import dev.recycler.activities.hub.HubRevision;
import dev.recycler.activities.hub.HubSettings;
import dev.recycler.activities.store.ArtifactStore;
import dev.recycler.activities.store.SeenRevisions;
import dev.recycler.workflows.activity.FailureKind;
import dev.recycler.workflows.activity.Watches;
import dev.recycler.workflows.spec.HubModel;
import dev.recycler.workflows.spec.Release;
import dev.recycler.workflows.spec.WatchSpec;
import io.temporal.failure.ApplicationErrorCategory;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks on a hub for new releases of a series. */
public final class RevisionWatch implements Watches {
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");

  /** {@code step6000} before {@code step11931}: numbers count, not their digits one by one. */
  private static final Comparator<String> NATURAL =
      Comparator.comparing(RevisionWatch::padded).thenComparing(Comparator.naturalOrder());

  private final Map<String, String> variables;
  private final Path home;

  /**
   * @param variables environment variables, for the hub and the token
   * @param home the user's home folder
   */
  public RevisionWatch(Map<String, String> variables, Path home) {
    this.variables = variables;
    this.home = home;
  }

  @Override
  public Seen look(LookInput input) {
    Seen seen = lookNow(input);
    if (seen.equals(input.heard())) {
      throw ApplicationFailure.newBuilder()
          .setType(NOTHING_NEW)
          .setMessage("nothing new")
          .setCategory(ApplicationErrorCategory.BENIGN)
          .setNextRetryDelay(Duration.ofSeconds(input.watch().everySeconds()))
          .build();
    }
    return seen;
  }

  private Seen lookNow(LookInput input) {
    try {
      return seen(input, new Hub(HubSettings.of(variables, home)));
    } catch (HubException e) {
      return blind(input, e.getMessage());
    } catch (IOException e) {
      return blind(input, "what was there before can't be read or kept: " + e.getMessage());
    } catch (InterruptedException e) {
      throw ApplicationFailure.newFailure(
          "interrupted: its worker stops", FailureKind.MACHINE.name());
    } catch (RuntimeException e) {
      // Else it would be tried for ever, and nobody would hear of it.
      return blind(input, "the worker broke with " + e);
    }
  }

  private static Seen blind(LookInput input, String trouble) {
    return new Seen(List.of(), input.heard() == null ? 0 : input.heard().before(), trouble);
  }

  private static Seen seen(LookInput input, Hub hub) throws IOException, InterruptedException {
    WatchSpec watch = input.watch();
    // A branch and a tag of one name are one release.
    SortedMap<String, HubRevision> all = new TreeMap<>(NATURAL);
    for (HubRevision revision : hub.revisions(watch.at("main"))) {
      if (watch.matches(revision.name())) {
        all.putIfAbsent(revision.name(), revision);
      }
    }
    String watched = watch.hub() + " " + watch.revisions();
    SeenRevisions kept = ArtifactStore.open(Path.of(input.store())).seen(input.series());
    Set<String> before = kept.first(watched, all.keySet());
    List<Revision> unready = new ArrayList<>();
    List<SeenRevisions.Found> ready = new ArrayList<>();
    for (HubRevision revision : all.values()) {
      if (!before.contains(revision.name())
          && !input.known().contains(watch.nameOf(revision.name()))) {
        String problem = problem(revision, watch, hub);
        if (problem == null) {
          ready.add(new SeenRevisions.Found(revision.name(), revision.commit()));
        } else {
          unready.add(new Revision(revision.name(), revision.commit(), problem));
        }
      }
    }
    List<Revision> fresh = new ArrayList<>();
    for (SeenRevisions.Found found : kept.found(watched, ready)) {
      if (all.containsKey(found.name()) && !input.known().contains(watch.nameOf(found.name()))) {
        fresh.add(new Revision(found.name(), found.commit(), null));
        // What was whole when it was found is taken as it was then.
        unready.removeIf(revision -> revision.name().equals(found.name()));
      }
    }
    fresh.addAll(unready);
    return new Seen(fresh, before.size(), null);
  }

  private static String problem(HubRevision revision, WatchSpec watch, Hub hub)
      throws IOException, InterruptedException {
    boolean nameable =
        watch.nameOf(revision.name()).matches(Release.NAME)
            && HubModel.problem("hf://" + watch.hub() + "@" + revision.name()).isEmpty();
    return nameable
        ? hub.flaw(watch.at(revision.commit())).orElse(null)
        : "its name can't be that of a release; add it with `recycler add-release`";
  }

  private static String padded(String name) {
    Matcher number = NUMBER.matcher(name);
    return number.replaceAll(
        digits -> "0".repeat(Math.max(0, 20 - digits.group().length())) + digits.group());
  }
}
