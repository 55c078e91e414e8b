package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.files.Replacement;
import io.gatehouse.gateway.http.binding.Default;
import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.Range;
import java.util.OptionalInt;

/** One exact text to find, and the text to put in its place. */
public record ReplacementBody(
    @Described("The exact text to find, including blanks and line breaks.") String target,
    @Described("The text to put in its place.") String replacement,
    @Described("The first line to search, counted from 1.") @Range(min = 1) OptionalInt startLine,
    @Described("The last line to search.") @Range(min = 1) OptionalInt endLine,
    @Described("Replace all occurrences. If false, more than one is an error.") @Default("false")
        boolean allowMultiple) {

  Replacement toReplacement() {
    return new Replacement(target, replacement, startLine, endLine, allowMultiple);
  }
}
