package io.gatehouse.gateway.files;

/**
 * Splits absolute, normalised paths. The class {@code java.nio.file.Path} is not used, because it
 * refuses names that the locale's encoding lacks.
 */
public final class Paths {

  private Paths() {}

  /** The folder above a path; for {@code /}, the same path. */
  public static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }

  /** The last name of a path, empty for {@code /}. */
  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  static String child(String directory, String name) {
    return directory.endsWith("/") ? directory + name : directory + "/" + name;
  }

  /** The part of the name after its last dot, in lower case. */
  static String extension(String path) {
    String name = name(path);
    int point = name.lastIndexOf('.');
    return point <= 0 ? "" : name.substring(point + 1).toLowerCase(java.util.Locale.ROOT);
  }
}
