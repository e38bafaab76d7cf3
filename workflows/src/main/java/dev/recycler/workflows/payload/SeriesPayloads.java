package dev.recycler.workflows.payload;

import io.temporal.common.converter.CodecDataConverter;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import java.util.List;

/** The one way in which workers and clients of a series write and read its data. */
public final class SeriesPayloads {
  private SeriesPayloads() {}

  /** JSON, compressed where it is large. Every client of a series must be given it. */
  public static DataConverter converter() {
    return new CodecDataConverter(
        DefaultDataConverter.newDefaultInstance(), List.of(new LargePayloadCodec()));
  }
}
