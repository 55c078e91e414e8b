package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.files.NameSearch.Kind;
import io.gatehouse.gateway.http.binding.Default;
import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathRule;
import io.gatehouse.gateway.http.binding.Range;
import java.util.List;
import java.util.Optional;

/** The parameters of {@code glob_search}. */
public record GlobQuery(
    @Described("A shell pattern for names or relative paths, such as *.py or src/*.")
        String pattern,
    @Described("The directory to search in.") @Default(".") String path,
    @Described("Shell patterns of names or paths to leave out.") Optional<List<String>> exclude,
    @Described("Return only this kind: file, directory or any.") Optional<String> type,
    @Described("How many matches to return at most.") @Range(min = 1, max = 500) @Default("50")
        int maxResults) {

  public GlobQuery {
    PathRule.require("pattern", pattern);
    PathRule.require("path", path);
    exclude.ifPresent(all -> all.forEach(each -> PathRule.require("exclude", each)));
    KindParameter.require("type", type);
    exclude = exclude.map(List::copyOf);
  }

  Kind kind() {
    return KindParameter.of(type);
  }
}
