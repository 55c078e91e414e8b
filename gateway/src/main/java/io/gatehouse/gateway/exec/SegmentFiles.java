package io.gatehouse.gateway.exec;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * Creates the files that logs are written to.
 *
 * <p>The files are not opened as {@code FileChannel}s, because an interrupt of the writing thread
 * would close a channel.
 */
interface SegmentFiles {

  /** Creates a file and opens it at its beginning; fails if the path exists already. */
  RandomAccessFile create(Path path) throws IOException;
}
