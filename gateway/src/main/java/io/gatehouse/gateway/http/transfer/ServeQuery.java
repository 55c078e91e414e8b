package io.gatehouse.gateway.http.transfer;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.InPath;
import io.gatehouse.gateway.http.binding.PathText;

/** The parameters of a file that is served as a page. */
public record ServeQuery(
    @Described("The file's absolute path, without its first slash.") @InPath @PathText
        String path) {

  String absolutePath() {
    return "/" + path;
  }
}
