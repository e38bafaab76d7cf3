package dev.recycler.activities.process;

import dev.recycler.activities.drill.FaultPoint;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a process id means something: one boot of one kernel and, on Linux, one process namespace
 * (two containers on one host have one boot and different ids).
 */
final class Place {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path NAMESPACE = Path.of("/proc/self/ns/pid");
  private static final String HERE = find();

  private Place() {}

  static String here() {
    return HERE;
  }

  /** The boot in a place. */
  static String boot(String place) {
    return place.split(" ", 2)[0];
  }

  private static String find() {
    return FaultPoint.host().map(host -> "drill-" + host + " 0").orElseGet(Place::ofThisBoot);
  }

  private static String ofThisBoot() {
    try {
      if (Files.exists(BOOT_ID)) {
        return Files.readString(BOOT_ID).strip() + " " + Files.readSymbolicLink(NAMESPACE);
      }
      return bootSession();
    } catch (IOException e) {
      throw new IllegalStateException("this system does not tell its boot: " + e.getMessage(), e);
    }
  }

  /** macOS: the identifier of the boot session. */
  private static String bootSession() throws IOException {
    Linker linker = Linker.nativeLinker();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(128);
      MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_LONG, text.byteSize());
      int failed =
          (int)
              linker
                  .downcallHandle(
                      linker.defaultLookup().findOrThrow("sysctlbyname"),
                      FunctionDescriptor.of(
                          ValueLayout.JAVA_INT,
                          ValueLayout.ADDRESS,
                          ValueLayout.ADDRESS,
                          ValueLayout.ADDRESS,
                          ValueLayout.ADDRESS,
                          ValueLayout.JAVA_LONG))
                  .invokeWithArguments(
                      arena.allocateFrom("kern.bootsessionuuid"),
                      text,
                      length,
                      MemorySegment.NULL,
                      0L);
      if (failed != 0) {
        throw new IOException("sysctl kern.bootsessionuuid is refused");
      }
      return text.getString(0);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException("sysctl cannot be called", e);
    }
  }
}
