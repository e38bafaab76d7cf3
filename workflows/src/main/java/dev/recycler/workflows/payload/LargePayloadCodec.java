package dev.recycler.workflows.payload;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.temporal.api.common.v1.Payload;
import io.temporal.payload.codec.PayloadCodec;
import io.temporal.payload.codec.PayloadCodecException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * Compresses payloads that are large, so that the state of a series with thousands of steps stays
 * far below the server's 2 MB a payload. Small ones, nearly all, stay JSON that can be read in the
 * server's UI. The encoding is that of the zlib codec of Temporal's Go SDK.
 */
final class LargePayloadCodec implements PayloadCodec {
  static final int LARGE = 64 * 1024;

  /** Far above anything a series makes, and below what would exhaust a worker's memory. */
  private static final int LARGEST = 64 * 1024 * 1024;

  private static final String KEY = "encoding";
  private static final ByteString ENCODING = ByteString.copyFromUtf8("binary/zlib");

  @Override
  public List<Payload> encode(List<Payload> payloads) {
    return payloads.stream().map(LargePayloadCodec::encode).toList();
  }

  @Override
  public List<Payload> decode(List<Payload> payloads) {
    return payloads.stream().map(LargePayloadCodec::decode).toList();
  }

  private static Payload encode(Payload payload) {
    if (payload.getSerializedSize() < LARGE) {
      return payload;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflated = new DeflaterOutputStream(bytes)) {
      payload.writeTo(deflated);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Payload.newBuilder()
        .putMetadata(KEY, ENCODING)
        .setData(ByteString.copyFrom(bytes.toByteArray()))
        .build();
  }

  private static Payload decode(Payload payload) {
    if (!ENCODING.equals(payload.getMetadataMap().get(KEY))) {
      return payload;
    }
    try (InflaterInputStream inflated =
        new InflaterInputStream(new ByteArrayInputStream(payload.getData().toByteArray()))) {
      byte[] bytes = inflated.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new PayloadCodecException("a payload is larger than 64 MiB when decompressed");
      }
      return Payload.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new PayloadCodecException("a compressed payload holds something else", e);
    } catch (IOException e) {
      throw new PayloadCodecException("a compressed payload is damaged", e);
    }
  }
}
