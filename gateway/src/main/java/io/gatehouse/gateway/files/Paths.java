package io.gatehouse.gateway.files;

/** Takes absolute, normalised paths apart; not java.nio's, which refuses names it cannot spell. */
final class Paths {

  private Paths() {}

  /** The folder a path stands in; that of {@code /} is itself. */
  static String parent(String path) {
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

  /** What follows the last point of the name, in lower case, without the point. */
  static String extension(String path) {
    String name = name(path);
    int point = name.lastIndexOf('.');
    return point <= 0 ? "" : name.substring(point + 1).toLowerCase(java.util.Locale.ROOT);
  }
}
