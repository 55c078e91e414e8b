package io.gatehouse.gateway.http;

import java.util.List;
import java.util.Optional;

/**
 * The settings of files that are shown and uploaded.
 *
 * @param browserRoot the directory that the file pane shows as its root, with {@code {{home}}} or
 *     {@code ~} for the caller's home; if it is empty, the pane is told no root
 * @param largestUpload the most bytes of one uploaded file
 * @param binaryTypes the beginnings of media types; {@code read_file} sends binary files of these
 *     types
 * @param pagesKeepOrigin whether an HTML page of a user has the origin of Open WebUI if Open
 *     WebUI's iframe grants it
 */
public record FileSettings(
    Optional<String> browserRoot,
    long largestUpload,
    List<String> binaryTypes,
    boolean pagesKeepOrigin) {

  /** Pictures only: many models can look at them, and Open Terminal has the same default. */
  public static final List<String> DEFAULT_BINARY_TYPES = List.of("image");

  /** The most bytes of one uploaded file: 2 GB. */
  public static final long DEFAULT_LARGEST_UPLOAD = 2_000_000_000;

  public FileSettings {
    binaryTypes = List.copyOf(binaryTypes);
  }
}
