package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.files.NameSearch.Kind;
import io.gatehouse.gateway.http.binding.InvalidFieldException;
import java.util.Locale;
import java.util.Optional;

/** Reads the parameter that says which kind of entries a search by name returns. */
final class KindParameter {

  private KindParameter() {}

  static Kind of(Optional<String> word) {
    return word.map(text -> Kind.valueOf(text.toUpperCase(Locale.ROOT))).orElse(Kind.ANY);
  }

  /** Refuses a text that is no such kind. */
  static void require(String component, Optional<String> word) {
    if (word.isPresent() && !word.get().matches("file|directory|any")) {
      throw new InvalidFieldException(component, "must be file, directory or any");
    }
  }
}
