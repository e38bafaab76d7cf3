package dev.recycler.workflows.payload;

import com.google.protobuf.ByteString;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.CodecDataConverter;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.payload.codec.ChainCodec;
import io.temporal.payload.codec.PayloadCodec;
import java.util.List;

/** The one way in which workers and clients of a series write and read its data. */
public final class SeriesPayloads {
  private SeriesPayloads() {}

  /** JSON, compressed where it is large. Every client of a series must be given it. */
  public static DataConverter converter() {
    return new CodecDataConverter(
        DefaultDataConverter.newDefaultInstance(), List.of(new LargePayloadCodec()));
  }

  /**
   * Learns how to read a type, ahead of the first payload of that type in this process: what is
   * found out by reflection is kept for the whole process.
   */
  public static void prepareToRead(Class<?> type) {
    DataConverter json = DefaultDataConverter.newDefaultInstance();
    Payload text = json.toPayload("").orElseThrow();
    Payload nothing = text.toBuilder().setData(ByteString.copyFromUtf8("null")).build();
    json.fromPayload(nothing, type, type);
  }

  /** What turns payloads of a series into what the server holds, and back. */
  public static PayloadCodec codec(PayloadCodec last) {
    return new ChainCodec(List.of(last, new LargePayloadCodec()));
  }

  /**
   * The same, with what crosses to the server passed through a codec.
   *
   * @param last what each payload passes last on its way out, and first on its way in
   * @param failuresToo whether messages and stack traces of failures pass it, too
   */
  public static DataConverter converter(PayloadCodec last, boolean failuresToo) {
    return new CodecDataConverter(
        DefaultDataConverter.newDefaultInstance(),
        List.of(last, new LargePayloadCodec()),
        failuresToo);
  }
}
