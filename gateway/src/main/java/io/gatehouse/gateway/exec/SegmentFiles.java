package io.gatehouse.gateway.exec;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * Creates the files that logs are written to.
 *
 * <p>They are no {@code FileChannel}s: the interrupt of a thread that writes one would close it.
 */
interface SegmentFiles {

  /** Creates a file and opens it at its beginning; fails when there is anything at the path. */
  RandomAccessFile create(Path path) throws IOException;
}
