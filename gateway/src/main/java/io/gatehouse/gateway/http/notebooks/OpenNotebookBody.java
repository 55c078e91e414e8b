package io.gatehouse.gateway.http.notebooks;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathText;

/** The body that opens a notebook. */
public record OpenNotebookBody(
    @Described("The notebook: an absolute path, or one below the home directory.") @PathText
        String path) {}
