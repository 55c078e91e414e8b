package io.gatehouse.gateway.http;

import java.util.List;
import java.util.Optional;

/**
 * The settings of files that are shown and uploaded.
 *
 * @param browserRoot the directory that the file pane shows as its root, with {@code {{home}}} or
 *     {@code ~} for the caller's home; empty: the pane is not told
 * @param largestUpload bytes of one uploaded file
 * @param binaryTypes what the media types of binary files begin with that {@code read_file} sends
 * @param pagesKeepOrigin whether a user's page has the origin of Open WebUI where Open WebUI's
 *     iframe grants it
 */
public record FileSettings(
    Optional<String> browserRoot,
    long largestUpload,
    List<String> binaryTypes,
    boolean pagesKeepOrigin) {

  /** Models that take pictures are common, and Open Terminal has the same default. */
  public static final List<String> DEFAULT_BINARY_TYPES = List.of("image");

  /** Bytes of one uploaded file: 2 GB. */
  public static final long DEFAULT_LARGEST_UPLOAD = 2_000_000_000;

  public FileSettings {
    binaryTypes = List.copyOf(binaryTypes);
  }
}
