package io.gatehouse.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The files of this repository, for tests that compare documents with the program. */
final class Repository {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** Folders that are made by builds, tools and editors. */
  private static final Set<String> FOREIGN =
      Set.of(".git", "target", "wheels", ".idea", ".vscode", "node_modules");

  private final Map<String, String> texts;

  /**
   * @param texts the content of each text file, by its path from the root
   */
  Repository(Map<String, String> texts) {
    this.texts = new TreeMap<>(texts);
  }

  static Repository read() {
    Map<String, String> texts = new LinkedHashMap<>();
    try {
      Files.walkFileTree(
          ROOT,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              return FOREIGN.contains(folder.getFileName().toString())
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              texts.put(ROOT.relativize(file).toString(), text(file));
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Repository(texts);
  }

  /** The text of a file; empty if it is not a text, such as a picture. */
  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (MalformedInputException e) {
      return "";
    }
  }

  /** Whether there is a file, or a folder with files, at this path. */
  boolean has(String path) {
    String folder = path.endsWith("/") ? path : path + "/";
    return texts.containsKey(path)
        || folder.equals("/")
        || texts.keySet().stream().anyMatch(file -> file.startsWith(folder));
  }

  /** Whether there is a file of this name in any folder. */
  boolean hasFileNamed(String name) {
    return texts.keySet().stream().anyMatch(file -> file.equals(name) || file.endsWith("/" + name));
  }

  String text(String path) {
    return texts.getOrDefault(path, "");
  }

  Map<String, String> documents() {
    return select(".md");
  }

  /**
   * The text of all files, one after the other, without the documents and without DocumentsTest,
   * which contains wrong names.
   */
  String sources() {
    return texts.entrySet().stream()
        .filter(file -> !file.getKey().endsWith(".md"))
        .filter(file -> !file.getKey().endsWith("/DocumentsTest.java"))
        .map(Map.Entry::getValue)
        .collect(Collectors.joining("\n"));
  }

  /** The text of each file whose path ends with this, by its path. */
  Map<String, String> select(String ending) {
    return texts.entrySet().stream()
        .filter(file -> file.getKey().endsWith(ending))
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one, TreeMap::new));
  }

  Map<String, String> all() {
    return Map.copyOf(texts);
  }
}
