package io.gatehouse.gateway.http.transfer;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathRule;
import java.util.List;

/** The body of an archive request. */
public record ArchiveBody(
    @Described("The files and directories to put into the archive.") List<String> paths) {

  public ArchiveBody {
    paths.forEach(path -> PathRule.require("paths", path));
    paths = List.copyOf(paths);
  }
}
