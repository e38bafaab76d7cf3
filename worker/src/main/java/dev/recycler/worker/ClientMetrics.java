package dev.recycler.worker;

import com.uber.m3.tally.RootScopeBuilder;
import com.uber.m3.tally.Scope;
import com.uber.m3.util.Duration;
import io.micrometer.core.instrument.MeterRegistry;
import io.temporal.common.reporter.MicrometerClientStatsReporter;
import java.util.Optional;

/**
 * Where the Temporal SDK's own figures go.
 *
 * @param scope what the SDK reports to, where anybody wants to know
 */
public record ClientMetrics(Optional<Scope> scope) {
  private static final double SECONDS_BETWEEN_REPORTS = 1;

  /** Nowhere. */
  public static ClientMetrics none() {
    return new ClientMetrics(Optional.empty());
  }

  /** To a registry, as {@code temporal_…}. */
  public static ClientMetrics to(MeterRegistry registry) {
    return new ClientMetrics(
        Optional.of(
            new RootScopeBuilder()
                .reporter(new MicrometerClientStatsReporter(registry))
                .reportEvery(Duration.ofSeconds(SECONDS_BETWEEN_REPORTS))));
  }
}
