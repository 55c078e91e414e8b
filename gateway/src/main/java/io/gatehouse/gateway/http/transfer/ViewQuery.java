package io.gatehouse.gateway.http.transfer;

import io.gatehouse.gateway.http.binding.Default;
import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathText;

/** The parameters of a file's raw view. */
public record ViewQuery(
    @Described("The file to view.") @PathText String path,
    @Described("Whether to answer with a rendering as PDF.") @Default("false") boolean preview) {}
