import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import com.google.googlejavaformat.java.ImportOrderer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;

/**
 * Checks, or with {@code apply} rewrites, the formatting of every Java source below a folder.
 *
 * <p>Run by Maven in the JDK that compiles the sources: {@code java FormatSources.java check|apply
 * FOLDER}.
 */
class FormatSources {
  public static void main(String[] arguments) throws Exception {
    boolean apply = arguments[0].equals("apply");
    var root = Path.of(arguments[1]);
    if (!Files.isDirectory(root)) {
      return;
    }
    var formatter = new Formatter(JavaFormatterOptions.defaultOptions());
    var wrong = new ArrayList<Path>();
    try (var files = Files.walk(root)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
        String before = Files.readString(file);
        String after;
        try {
          after = ImportOrderer.reorderImports(RemoveUnusedImports.removeUnusedImports(formatter.formatSource(before)), JavaFormatterOptions.Style.GOOGLE);
        } catch (Exception e) {
          System.err.println(file + ": " + e.getMessage());
          System.exit(1);
          return;
        }
        if (!before.equals(after)) {
          wrong.add(file);
          if (apply) {
            Files.writeString(file, after);
          }
        }
      }
    }
    if (!wrong.isEmpty() && !apply) {
      wrong.forEach(file -> System.err.println("not formatted: " + file));
      System.err.println("Format them with: ./mvnw -q compile -Dformat.mode=apply");
      System.exit(1);
    }
  }
}
