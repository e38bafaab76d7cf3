package dev.recycler.cli.init;

import dev.recycler.cli.init.NewSeries.Release;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A release as it is typed: {@code NAME=MODEL}; the model may have an {@code =} of its own. */
final class ReleaseConverter implements ITypeConverter<Release> {
  @Override
  public Release convert(String text) {
    int equals = text.indexOf('=');
    if (equals < 1 || equals == text.length() - 1) {
      throw new TypeConversionException(
          "\"%s\" is not NAME=MODEL; write M1=%s".formatted(text, equals < 0 ? text : "MODEL"));
    }
    return new Release(text.substring(0, equals), text.substring(equals + 1));
  }
}
