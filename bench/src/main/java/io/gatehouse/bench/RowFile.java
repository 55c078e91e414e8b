package io.gatehouse.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A file of rows with tabs between their cells, for programs. Each row is written at once, so that
 * the rows of a run that is killed are there.
 */
public final class RowFile {

  private final Path file;

  /** Empties the file, or makes it. */
  public RowFile(Path file) {
    this.file = file;
    write(
        "",
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE,
        StandardOpenOption.TRUNCATE_EXISTING);
  }

  public void add(List<String> cells) {
    write(String.join("\t", cells) + "\n", StandardOpenOption.APPEND);
  }

  private void write(String text, StandardOpenOption... options) {
    try {
      Files.writeString(file, text, options);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
