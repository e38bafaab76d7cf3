package dev.recycler.cli.models;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes and times as people write and read them. */
final class Sizes {
  private static final Pattern SIZE =
      Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([KMGT]?)(i?)B?", Pattern.CASE_INSENSITIVE);

  private Sizes() {}

  /** Reads {@code 5GB}, {@code 500MiB} or a number of bytes. */
  static final class Converter implements ITypeConverter<Long> {
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

  /** {@code 2.36 GB}. */
  static String bytes(long bytes) {
    return bytes((double) bytes);
  }

  /** The same for a rate or a share. */
  static String bytes(double bytes) {
    String[] units = {"B", "kB", "MB", "GB", "TB"};
    int unit = 0;
    while (bytes >= 1000 && unit < units.length - 1) {
      bytes /= 1000;
      unit++;
    }
    return unit == 0
        ? "%.0f B".formatted(bytes)
        : String.format(Locale.ROOT, "%.2f %s", bytes, units[unit]);
  }

  /** {@code 42 s} or {@code 3 min 5 s}. */
  static String seconds(double seconds) {
    if (Double.isNaN(seconds) || Double.isInfinite(seconds)) {
      return "?";
    }
    long whole = Math.round(seconds);
    return whole < 60 ? whole + " s" : whole / 60 + " min " + whole % 60 + " s";
  }
}
