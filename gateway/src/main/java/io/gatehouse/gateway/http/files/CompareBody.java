package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.http.binding.Default;
import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathText;

/** The body of a comparison. */
public record CompareBody(
    @Described("The older file.") @PathText String original,
    @Described("The newer file.") @PathText String revised,
    @Described("Whether to ignore differences in blanks.") @Default("false")
        boolean ignoreWhitespace) {}
