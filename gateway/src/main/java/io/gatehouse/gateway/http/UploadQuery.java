package io.gatehouse.gateway.http;

/** The parameters of an upload. */
record UploadQuery(@Described("The directory to put the file into.") String directory) {

  UploadQuery {
    PathRule.require("directory", directory);
  }
}
