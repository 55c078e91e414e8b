package io.gatehouse.gateway.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a log that has ended: {@code <id>.0.jsonl}, which holds the start record, and the
 * segments that were not dropped.
 *
 * @param first the number of the first segment that was not dropped
 * @param end the number of the last segment plus one
 */
record LogFiles(Path directory, String id, int first, int end) {

  private static final Logger LOG = LoggerFactory.getLogger(LogFiles.class);

  static Path path(Path directory, String id, int number) {
    return directory.resolve(id + "." + number + ".jsonl");
  }

  void remove() {
    remove(path(directory, id, 0));
    for (int number = Math.max(1, first); number < end; number++) {
      remove(path(directory, id, number));
    }
  }

  static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("the log {} cannot be removed: {}", file, e.toString());
    }
  }
}
