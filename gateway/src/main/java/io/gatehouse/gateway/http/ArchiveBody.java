package io.gatehouse.gateway.http;

import java.util.List;

/** The body of an archive request. */
record ArchiveBody(
    @Described("The files and directories to put into the archive.") List<String> paths) {

  ArchiveBody {
    paths.forEach(path -> PathRule.require("paths", path));
    paths = List.copyOf(paths);
  }
}
