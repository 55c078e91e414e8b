package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.files.NameSearch.Kind;
import io.gatehouse.gateway.http.binding.Default;
import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathText;
import io.gatehouse.gateway.http.binding.Range;
import java.util.List;
import java.util.Optional;

/** The parameters of {@code glob_search}. */
public record GlobQuery(
    @Described("A shell pattern for names or relative paths, such as *.py or src/*.") @PathText
        String pattern,
    @Described("The directory to search in.") @Default(".") @PathText String path,
    @Described("Shell patterns of names or paths to leave out.") @PathText
        Optional<List<String>> exclude,
    @Described("The kind of entries to return") @Default("any") Kind type,
    @Described("How many matches to return at most.") @Range(min = 1, max = 500) @Default("50")
        int maxResults) {

  public GlobQuery {
    exclude = exclude.map(List::copyOf);
  }
}
