package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathText;

/** A body that names one path. */
public record PathBody(
    @Described("An absolute path, or one below the home directory.") @PathText String path) {}
