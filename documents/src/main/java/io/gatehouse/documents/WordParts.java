package io.gatehouse.documents;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Facts from one part of a Word document that are needed to read its other parts. */
final class WordParts {

  /** The names of the styles of hidden text. */
  private final Set<String> hiddenStyles = new HashSet<>();

  /** The numbers of the notes and comments that are referred to, by kind and id. */
  private final Map<String, Integer> numbers = new HashMap<>();

  private final Map<String, Integer> counts = new HashMap<>();

  void addHiddenStyle(String style) {
    hiddenStyles.add(style);
  }

  boolean isHidden(String style) {
    return hiddenStyles.contains(style);
  }

  /** Returns the number of a note or comment, counted in the order of the references. */
  int refer(String kind, String id) {
    return numbers.computeIfAbsent(kind + " " + id, any -> counts.merge(kind, 1, Integer::sum));
  }

  /** The number of a note or comment; empty if no text that is shown refers to it. */
  Optional<Integer> number(String kind, String id) {
    return Optional.ofNullable(numbers.get(kind + " " + id));
  }
}
