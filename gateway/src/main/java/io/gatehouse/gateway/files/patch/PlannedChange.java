package io.gatehouse.gateway.files.patch;

import io.gatehouse.gateway.session.FileAttributes;
import java.util.Optional;

/** A change of a patch that fits the files as they were read. */
final class PlannedChange {

  private static final byte[] NONE = {};

  private final PatchResult result;
  private final byte[] old;
  private final byte[] written;
  private final Optional<FileAttributes> attributes;

  private PlannedChange(
      PatchResult result, byte[] old, byte[] written, Optional<FileAttributes> attributes) {
    this.result = result;
    this.old = old;
    this.written = written;
    this.attributes = attributes;
  }

  static PlannedChange add(PatchResult result, byte[] written) {
    return new PlannedChange(result, NONE, written, Optional.empty());
  }

  static PlannedChange delete(PatchResult result, FileAttributes attributes) {
    return new PlannedChange(result, NONE, NONE, Optional.of(attributes));
  }

  static PlannedChange update(PatchResult result, byte[] old, byte[] written) {
    return new PlannedChange(result, old, written, Optional.empty());
  }

  PatchResult result() {
    return result;
  }

  /** The bytes of an updated file before the patch. Nobody may change this array. */
  byte[] old() {
    return old;
  }

  /** The new bytes of an added or updated file. Nobody may change this array. */
  byte[] written() {
    return written;
  }

  /** The attributes of a file that is to be deleted, as they were read. */
  Optional<FileAttributes> attributes() {
    return attributes;
  }
}
