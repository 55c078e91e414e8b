package io.gatehouse.gateway.http.files;

import io.gatehouse.gateway.http.binding.Default;
import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathText;

/** The parameters of {@code list_files}. */
public record ListQuery(
    @Described(
            "The directory to list: an absolute path, or one below the chat's working directory.")
        @Default(".")
        @PathText
        String directory) {}
