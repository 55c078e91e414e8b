package io.gatehouse.gateway.http.transfer;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathRule;

/** The parameters of an upload. */
public record UploadQuery(@Described("The directory to put the file into.") String directory) {

  public UploadQuery {
    PathRule.require("directory", directory);
  }
}
