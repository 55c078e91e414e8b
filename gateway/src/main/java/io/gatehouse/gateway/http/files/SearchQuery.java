package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.files.NameSearch.Kind;
import io.gatehouse.gateway.http.binding.Default;
import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathRule;
import io.gatehouse.gateway.http.binding.Range;
import java.util.Optional;

/** The parameters of {@code search_files}. */
public record SearchQuery(
    @Described("A part of the name to find.") @Default("") String query,
    @Described("The directory to search in.") @Default(".") String path,
    @Described("How many matches to return at most.") @Range(min = 1, max = 100) @Default("20")
        int limit,
    @Described("Return only this kind: file, directory or any.") Optional<String> type,
    @Described("Whether to include hidden files and directories (names that begin with a dot).")
        @Default("false")
        boolean showHidden) {

  public SearchQuery {
    PathRule.require("path", path);
    KindParameter.require("type", type);
  }

  Kind kind() {
    return KindParameter.of(type);
  }
}
