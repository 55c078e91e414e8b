package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathText;

/** A query that names one path. */
public record PathQuery(
    @Described("An absolute path, or one below the chat's working directory.") @PathText
        String path) {}
