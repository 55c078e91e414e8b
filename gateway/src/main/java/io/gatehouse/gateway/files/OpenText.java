package io.gatehouse.gateway.files;

import io.gatehouse.gateway.files.text.Lines;
import io.gatehouse.gateway.session.RemoteFiles;
import java.io.IOException;
import java.io.Reader;

/** A text that is open for reading some of its lines. Closing it gives its SFTP channel back. */
public final class OpenText implements OpenContent {

  private final RemoteFiles files;
  private final Lines lines;

  OpenText(RemoteFiles files, Reader text, long first, long last) {
    this.files = files;
    this.lines = new Lines(text, first, last);
  }

  /** The wanted lines. */
  public Reader lines() {
    return lines;
  }

  /**
   * The number of all lines of the text. It is known when {@link #lines} has been read to its end.
   */
  public long totalLines() {
    return lines.total();
  }

  @Override
  public void close() {
    try (files) {
      lines.close();
    } catch (IOException broken) {
      // Nothing to do here: everything wanted was read before.
    }
  }
}
