package io.gatehouse.gateway.http.transfer;

import io.gatehouse.gateway.http.binding.Described;
import io.gatehouse.gateway.http.binding.PathText;
import java.util.List;

/** The body of an archive request. */
public record ArchiveBody(
    @Described("The files and directories to put into the archive.") @PathText List<String> paths) {

  public ArchiveBody {
    paths = List.copyOf(paths);
  }
}
