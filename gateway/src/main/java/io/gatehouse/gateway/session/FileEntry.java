package io.gatehouse.gateway.session;

/** One entry of a directory. The attributes of a link are the link's, not those of its target. */
public record FileEntry(String name, FileAttributes attributes) {

  /** Bytes of heap for one entry, without the characters of its name. */
  public static final long WEIGHT = 200;
}
