package io.gatehouse.gateway.files;

import java.util.Locale;

/** A name that was seen in a search, relative to where the search began. */
record Candidate(String path, boolean directory) {

  /** The rank of what matches neither by name nor by path. */
  static final int BY_CONTENT = 4;

  String name() {
    return Paths.name(path);
  }

  String lowerName() {
    return name().toLowerCase(Locale.ROOT);
  }

  int rankOfName(String wanted) {
    String name = lowerName();
    return name.equals(wanted) ? 0 : name.startsWith(wanted) ? 1 : 2;
  }

  int rankOf(String wanted) {
    if (lowerName().contains(wanted)) {
      return rankOfName(wanted);
    }
    return path.toLowerCase(Locale.ROOT).contains(wanted) ? 3 : BY_CONTENT;
  }
}
