package dev.recycler.activities.merge;

import java.util.regex.Pattern;

/** A pattern of tensor names: {@code *} stands for any characters, {@code ?} for one. */
record NamePattern(String text, Pattern regex) {
  static NamePattern of(String text) {
    var regex = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '*' -> regex.append(".*");
        case '?' -> regex.append('.');
        default -> regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return new NamePattern(text, Pattern.compile(regex.toString(), Pattern.DOTALL));
  }

  boolean matches(String name) {
    return regex.matcher(name).matches();
  }
}
