package dev.recycler.worker.encryption;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.temporal.api.common.v1.Payload;
import io.temporal.payload.codec.PayloadCodec;
import io.temporal.payload.codec.PayloadCodecException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Encrypts payloads by AES-256 in GCM: 12 bytes of nonce, then the encrypted payload with its tag
 * of 16. The id of the key stands beside it, and is authenticated with it. Payloads that are not
 * encrypted are read as they are, so that a series may be older than its keys.
 */
public final class EncryptionCodec implements PayloadCodec {
  static final ByteString ENCODING = ByteString.copyFromUtf8("binary/encrypted");
  static final String KEY_ID = "encryption-key-id";

  private static final String ENCODING_KEY = "encoding";
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final EncryptionKeys keys;

  public EncryptionCodec(EncryptionKeys keys) {
    this.keys = keys;
  }

  /** Whether there is a key to encrypt with. */
  public boolean encrypts() {
    return keys.first().isPresent();
  }

  @Override
  public List<Payload> encode(List<Payload> payloads) {
    Optional<EncryptionKeys.Key> key = keys.first();
    return key.isEmpty()
        ? payloads
        : payloads.stream().map(payload -> encrypted(payload, key.get())).toList();
  }

  @Override
  public List<Payload> decode(List<Payload> payloads) {
    return payloads.stream().map(this::decrypted).toList();
  }

  private static Payload encrypted(Payload payload, EncryptionKeys.Key key) {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, nonce);
      byte[] text = cipher.doFinal(payload.toByteArray());
      byte[] data = Arrays.copyOf(nonce, NONCE_BYTES + text.length);
      System.arraycopy(text, 0, data, NONCE_BYTES, text.length);
      return Payload.newBuilder()
          .putMetadata(ENCODING_KEY, ENCODING)
          .putMetadata(KEY_ID, ByteString.copyFromUtf8(key.id()))
          .setData(ByteString.copyFrom(data))
          .build();
    } catch (GeneralSecurityException e) {
      throw new PayloadCodecException("this JVM cannot encrypt by " + CIPHER, e);
    }
  }

  private Payload decrypted(Payload payload) {
    if (!ENCODING.equals(payload.getMetadataMap().get(ENCODING_KEY))) {
      return payload;
    }
    String id = payload.getMetadataOrDefault(KEY_ID, ByteString.EMPTY).toStringUtf8();
    EncryptionKeys.Key key = keys.find(id).orElseThrow(() -> unknown(id));
    byte[] data = payload.getData().toByteArray();
    if (data.length <= NONCE_BYTES) {
      throw damaged(id, null);
    }
    try {
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOf(data, NONCE_BYTES));
      return Payload.parseFrom(cipher.doFinal(data, NONCE_BYTES, data.length - NONCE_BYTES));
    } catch (GeneralSecurityException | InvalidProtocolBufferException e) {
      throw damaged(id, e);
    }
  }

  private static Cipher cipher(int mode, EncryptionKeys.Key key, byte[] nonce)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, key.secret(), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(key.id().getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  private UnreadablePayload unknown(String id) {
    String known = keys.ids();
    return new UnreadablePayload(
        known.isEmpty()
            ? "what the server holds of the series is encrypted with the key \"%s\", and no key is set here; set %s"
                .formatted(id, EncryptionKeys.FILE)
            : "what the server holds of the series is encrypted with the key \"%s\", and the keys here are %s; add it to the key file"
                .formatted(id, known),
        null);
  }

  private static UnreadablePayload damaged(String id, Exception cause) {
    return new UnreadablePayload(
        "the key \"%s\" here is not the one that the series was encrypted with, or the data is damaged; give each key an id of its own"
            .formatted(id),
        cause);
  }
}
