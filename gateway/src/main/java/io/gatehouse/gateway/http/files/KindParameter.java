package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.files.NameSearch.Kind;
import io.gatehouse.gateway.http.binding.InvalidFieldException;
import java.util.Locale;
import java.util.Optional;

/** The kinds of entries that a search by name tells apart. */
final class KindParameter {

  private KindParameter() {}

  static Kind of(Optional<String> word) {
    return word.map(text -> Kind.valueOf(text.toUpperCase(Locale.ROOT))).orElse(Kind.ANY);
  }

  /** Refuses what is none of them. */
  static void require(String component, Optional<String> word) {
    if (word.isPresent() && !word.get().matches("file|directory|any")) {
      throw new InvalidFieldException(component, "must be file, directory or any");
    }
  }
}
