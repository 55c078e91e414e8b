package io.gatehouse.gateway.http;

/** The parameters of {@code list_files}. */
record ListQuery(
    @Described(
            "The directory to list: an absolute path, or one below the chat's working directory.")
        @Default(".")
        String directory) {

  ListQuery {
    PathRule.require("directory", directory);
  }
}
