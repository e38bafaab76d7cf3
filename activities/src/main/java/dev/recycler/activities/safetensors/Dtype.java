package dev.recycler.activities.safetensors;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** An element type of the safetensors format, by the name that headers use. */
public enum Dtype {
  BOOL(8, Kind.INTEGER),
  U8(8, Kind.INTEGER),
  I8(8, Kind.INTEGER),
  U16(16, Kind.INTEGER),
  I16(16, Kind.INTEGER),
  U32(32, Kind.INTEGER),
  I32(32, Kind.INTEGER),
  U64(64, Kind.INTEGER),
  I64(64, Kind.INTEGER),
  F16(16, Kind.FLOAT),
  BF16(16, Kind.FLOAT),
  F32(32, Kind.FLOAT),
  F64(64, Kind.FLOAT),
  C64(64, Kind.UNSUPPORTED),
  F4(4, Kind.UNSUPPORTED),
  F6_E2M3(6, Kind.UNSUPPORTED),
  F6_E3M2(6, Kind.UNSUPPORTED),
  F8_E4M3(8, Kind.UNSUPPORTED),
  F8_E5M2(8, Kind.UNSUPPORTED),
  F8_E8M0(8, Kind.UNSUPPORTED),
  F8_E4M3FNUZ(8, Kind.UNSUPPORTED),
  F8_E5M2FNUZ(8, Kind.UNSUPPORTED);

  /** What a merge can do with an element type. */
  public enum Kind {
    /** Arithmetic is done on it. */
    FLOAT,
    /** Copied, and equal on every side. */
    INTEGER,
    /** Read by name, never merged: quantized or complex. */
    UNSUPPORTED
  }

  private final int bits;
  private final Kind kind;

  Dtype(int bits, Kind kind) {
    this.bits = bits;
    this.kind = kind;
  }

  /** Bits of one element; less than 8 for the packed types. */
  public int bits() {
    return bits;
  }

  /** Bytes of one element of a type that is not packed. */
  public int bytes() {
    return bits / 8;
  }

  public Kind kind() {
    return kind;
  }

  public boolean isFloat() {
    return kind == Kind.FLOAT;
  }

  /** The type whose name in a header is {@code name}, if there is one. */
  public static Optional<Dtype> named(String name) {
    return Arrays.stream(values()).filter(dtype -> dtype.name().equals(name)).findFirst();
  }

  /** PyTorch's name of a float type, as in {@code "dtype": "bfloat16"} of a {@code config.json}. */
  public String torchName() {
    return switch (this) {
      case F16 -> "float16";
      case BF16 -> "bfloat16";
      case F32 -> "float32";
      case F64 -> "float64";
      default -> name().toLowerCase(Locale.ROOT);
    };
  }

  /**
   * The float type that a user names {@code text}: {@code bfloat16} or {@code BF16}, and so on.
   *
   * @throws BadCheckpointException where it is none
   */
  public static Dtype parseFloat(String text) {
    return Arrays.stream(values())
        .filter(Dtype::isFloat)
        .filter(d -> d.name().equalsIgnoreCase(text) || d.torchName().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () ->
                new BadCheckpointException(
                    "dtype \"%s\" is not one of bfloat16, float16, float32, float64"
                        .formatted(text)));
  }
}
