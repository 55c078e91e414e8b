package io.gatehouse.gateway.files;

/**
 * What a file holds, open to be read: lines of text, or bytes. Closing it gives its channel back.
 */
public sealed interface OpenContent extends AutoCloseable permits OpenText, OpenFile {

  @Override
  void close();
}
