package dev.recycler.cli.models;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 5GB}, {@code 500MiB} or a number of bytes. */
final class SizeConverter implements ITypeConverter<Long> {
  private static final Pattern SIZE =
      Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([KMGT]?)(i?)B?", Pattern.CASE_INSENSITIVE);

  @Override
  public Long convert(String text) {
    Matcher matcher = SIZE.matcher(text.strip());
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "'%s' is not a size such as 5GB, 500MiB or 100000".formatted(text));
    }
    int power = "KMGT".indexOf(matcher.group(2).toUpperCase(Locale.ROOT)) + 1;
    double unit = matcher.group(3).isEmpty() ? 1000 : 1024;
    if (matcher.group(2).isEmpty()) {
      power = 0;
    }
    double bytes = Double.parseDouble(matcher.group(1)) * Math.pow(unit, power);
    if (bytes < 1 || bytes >= Long.MAX_VALUE) {
      throw new TypeConversionException("'%s' is not a size above 0".formatted(text));
    }
    return (long) bytes;
  }
}
