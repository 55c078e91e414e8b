package io.gatehouse.gateway.files.patch;

import java.util.Optional;

/**
 * What a patch does to one file.
 *
 * @param path absolute
 * @param destination the new path, if the file is moved
 * @param size bytes of the new content; 0 for a file that is deleted
 */
public record PatchResult(Kind kind, String path, Optional<String> destination, long size) {

  /** What is done. */
  public enum Kind {
    ADDED,
    UPDATED,
    DELETED
  }
}
