package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.http.binding.Default;
import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.InvalidFieldException;
import io.gatehouse.gateway.http.binding.PathText;
import io.gatehouse.gateway.http.binding.Range;

/** The parameters of {@code match_files}. */
public record MatchQuery(
    @Described("The literal text to find in names, paths and contents.") String query,
    @Described("The directory to search in.") @Default(".") @PathText String path,
    @Described("Whether to include hidden files and directories (names that begin with a dot).")
        @Default("false")
        boolean showHidden,
    @Described("How many results to skip: next_offset of the previous page.")
        @Range(min = 0, max = 99_900)
        @Default("0")
        int offset,
    @Described("How many results to return at most.") @Range(min = 1, max = 100) @Default("100")
        int limit) {

  public MatchQuery {
    if (query.indexOf('\0') >= 0) {
      throw new InvalidFieldException("query", "must not contain a NUL character");
    }
  }
}
