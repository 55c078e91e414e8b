package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.files.NameSearch.Kind;
import io.gatehouse.gateway.http.binding.Default;
import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathText;
import io.gatehouse.gateway.http.binding.Range;

/** The parameters of {@code search_files}. */
public record SearchQuery(
    @Described("A part of the name to find.") @Default("") String query,
    @Described("The directory to search in.") @Default(".") @PathText String path,
    @Described("How many matches to return at most.") @Range(min = 1, max = 100) @Default("20")
        int limit,
    @Described("The kind of entries to return") @Default("any") Kind type,
    @Described("Whether to include hidden files and directories (names that begin with a dot).")
        @Default("false")
        boolean showHidden) {}
