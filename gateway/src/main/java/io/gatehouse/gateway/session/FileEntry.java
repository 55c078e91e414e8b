package io.gatehouse.gateway.session;

/** One entry of a directory; a link's attributes are its own. */
public record FileEntry(String name, FileAttributes attributes) {

  /** Bytes of memory without the characters of the name. */
  public static final long WEIGHT = 200;
}
