package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.http.binding.Default;
import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.InvalidFieldException;
import io.gatehouse.gateway.http.binding.PathText;
import io.gatehouse.gateway.http.binding.Range;
import java.util.List;
import java.util.Optional;

/** The parameters of {@code grep_search}. */
public record GrepQuery(
    @Described("The text or regular expression to find.") String query,
    @Described("The directory or file to search in.") @Default(".") @PathText String path,
    @Described("Whether the query is a regular expression. If false, it is literal text.")
        @Default("true")
        boolean regex,
    @Described("Whether to ignore upper and lower case.") @Default("false") boolean caseInsensitive,
    @Described("Shell patterns such as *.py; only files whose name matches one are searched.")
        Optional<List<String>> include,
    @Described(
            "Whether to return each matching line with its number. If false, only the matching"
                + " files are named.")
        @Default("true")
        boolean matchPerLine,
    @Described("How many matches to return at most.") @Range(min = 1, max = 500) @Default("50")
        int maxResults) {

  public GrepQuery {
    requireNoNul("query", query);
    include.ifPresent(all -> all.forEach(each -> requireNoNul("include", each)));
    include = include.map(List::copyOf);
  }

  private static void requireNoNul(String component, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new InvalidFieldException(component, "must not contain a NUL character");
    }
  }
}
