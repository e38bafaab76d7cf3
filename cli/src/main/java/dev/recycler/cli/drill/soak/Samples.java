package dev.recycler.cli.drill.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The measurements of a soak, in memory and in a CSV file that grows with them. */
public final class Samples {
  private final Path file;
  private final List<Sample> all = new ArrayList<>();

  /**
   * What was measured at one moment; a figure that could not be measured then is left out.
   *
   * @param minute since the beginning
   */
  public record Sample(double minute, Map<Figure, Double> values) {
    public Sample {
      values = Map.copyOf(values);
    }
  }

  /** Begins a file; one that is there is replaced. */
  public Samples(Path file) throws IOException {
    this.file = file;
    Files.writeString(
        file,
        "minute,"
            + Arrays.stream(Figure.values()).map(Figure::key).collect(Collectors.joining(","))
            + "\n");
  }

  public void add(Sample sample) throws IOException {
    all.add(sample);
    String line =
        number(sample.minute())
            + ","
            + Arrays.stream(Figure.values())
                .map(figure -> sample.values().get(figure))
                .map(value -> value == null ? "" : number(value))
                .collect(Collectors.joining(","));
    Files.writeString(file, line + "\n", StandardOpenOption.APPEND);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  /** What each figure did; figures that were never measured are left out. */
  public List<Trend> trends() {
    Map<Figure, List<Trend.Point>> points = new EnumMap<>(Figure.class);
    for (Sample sample : all) {
      sample
          .values()
          .forEach(
              (figure, value) -> {
                double done = sample.values().getOrDefault(Figure.DONE, 0.0);
                OptionalDouble judged =
                    switch (figure.bound()) {
                      case Bound.PerRelease _ ->
                          done > 0 ? OptionalDouble.of(value / done) : OptionalDouble.empty();
                      case Bound.Beyond(double each, Bound.Level _) ->
                          OptionalDouble.of(value - each * done);
                      case Bound.Free _, Bound.AtMost _, Bound.Level _ -> OptionalDouble.of(value);
                    };
                judged.ifPresent(
                    point ->
                        points
                            .computeIfAbsent(figure, _ -> new ArrayList<>())
                            .add(new Trend.Point(sample.minute(), point)));
              });
    }
    return points.entrySet().stream()
        .map(entry -> new Trend(entry.getKey(), entry.getValue()))
        .toList();
  }
}
