package dev.recycler.activities.figures;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Steps are counted while they run, without a word in the worker's log. */
class RunningStepTest {
  private final SimpleMeterRegistry figures = new SimpleMeterRegistry();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.micrometer");

  @BeforeEach
  void listen() {
    Metrics.addRegistry(figures);
    logger.setLevel(Level.INFO);
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(log);
    logger.setLevel(null);
    Metrics.removeRegistry(figures);
  }

  @Test
  void stepsOfAKindAreCountedTogether() {
    try (RunningStep first = RunningStep.begin("of-this-test");
        RunningStep second = RunningStep.begin("of-this-test")) {
      assertThat(first).isNotEqualTo(second);
      assertThat(running()).isEqualTo(2);
    }
    assertThat(running()).isZero();
    RunningStep.begin("of-this-test").close();
    assertThat(log.list).isEmpty();
  }

  private double running() {
    return figures.get("recycler.steps.running").tag("kind", "of-this-test").gauge().value();
  }
}
