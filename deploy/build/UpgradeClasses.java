import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Copies a jar with its classes of before Java 6 in Java 8's format. The JVM's ahead-of-time cache
 * holds no older ones, and without those of picocli every command would load and verify some two
 * hundred classes at its start. Nothing in them changes but the format.
 *
 * <p>Run by Maven in the JDK that compiles the sources: {@code java UpgradeClasses.java FROM TO}.
 */
class UpgradeClasses {
  private static final int OLDEST_IN_THE_CACHE = 50;
  private static final String NOTE =
      "The class files of this jar that were older are in the format of Java 8 here.\n";

  public static void main(String[] arguments) throws IOException {
    Path to = Path.of(arguments[1]);
    Files.createDirectories(to.getParent());
    try (JarFile jar = new JarFile(arguments[0]);
        var out = new ZipOutputStream(Files.newOutputStream(to))) {
      ClassFile format =
          ClassFile.of(
              ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
              ClassFile.ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(name -> open(jar, name))
                      .orElse(ClassHierarchyResolver.defaultResolver())));
      for (var entry : Collections.list(jar.entries())) {
        byte[] bytes = jar.getInputStream(entry).readAllBytes();
        boolean code = entry.getName().endsWith(".class");
        put(out, entry.getName(), entry.getTime(), code ? upgraded(format, bytes) : bytes);
      }
      long time = jar.getEntry("META-INF/MANIFEST.MF").getTime();
      put(out, "META-INF/UPGRADED", time, NOTE.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static byte[] upgraded(ClassFile format, byte[] bytes) {
    ClassModel before = format.parse(bytes);
    return before.majorVersion() >= OLDEST_IN_THE_CACHE
        ? bytes
        : format.transformClass(
            before,
            ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
                .andThen(
                    (builder, element) ->
                        builder.with(
                            element instanceof ClassFileVersion
                                ? ClassFileVersion.of(ClassFile.JAVA_8_VERSION, 0)
                                : element)));
  }

  private static InputStream open(JarFile jar, ClassDesc name) {
    try {
      ZipEntry entry =
          jar.getEntry(
              name.packageName().replace('.', '/') + "/" + name.displayName() + ".class");
      return entry == null ? null : jar.getInputStream(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void put(ZipOutputStream out, String name, long time, byte[] bytes)
      throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTime(time);
    out.putNextEntry(entry);
    out.write(bytes);
    out.closeEntry();
  }
}
