package dev.recycler.cli.drill;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A length of time as it is typed: {@code 90s}, {@code 30m} or {@code 1h}. */
final class LengthConverter implements ITypeConverter<Duration> {
  private static final Pattern LENGTH = Pattern.compile("([1-9][0-9]{0,4})([smh])");

  @Override
  public Duration convert(String text) {
    Matcher length = LENGTH.matcher(text.strip());
    if (!length.matches()) {
      throw new TypeConversionException(
          "\"%s\" is not a length of time; write one such as 90s, 30m or 1h".formatted(text));
    }
    long number = Long.parseLong(length.group(1));
    return switch (length.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }
}
