package io.gatehouse.gateway.files;

/** The open content of a file: lines of text, or bytes. Closing it gives its SFTP channel back. */
public sealed interface OpenContent extends AutoCloseable permits OpenText, OpenFile {

  @Override
  void close();
}
