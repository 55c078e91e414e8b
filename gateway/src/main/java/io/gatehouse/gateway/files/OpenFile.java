package io.gatehouse.gateway.files;

import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.RemoteFiles;
import java.io.InputStream;

/** A file whose bytes are wanted; closing it gives its channel back. */
public final class OpenFile implements AutoCloseable {

  private final RemoteFiles files;
  private final String path;
  private final FileAttributes attributes;

  OpenFile(RemoteFiles files, String path, FileAttributes attributes) {
    this.files = files;
    this.path = path;
    this.attributes = attributes;
  }

  public FileAttributes attributes() {
    return attributes;
  }

  /** Some of its bytes; several reads are always under way. */
  public InputStream content(long offset, long length) {
    return files.read(path, offset, length);
  }

  @Override
  public void close() {
    files.close();
  }
}
