package io.gatehouse.bench.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;

/** Compares bytes that a server sends or gets with those of the file, by their CRC-32. */
public final class Checksum {

  private static final String PROGRAM =
      """
      /usr/bin/python3 -c '
      import sys, zlib
      value = 0
      with open(sys.argv[1], "rb") as file:
          while piece := file.read(1 << 20):
              value = zlib.crc32(piece, value)
      print(value)
      ' \
      """;

  private Checksum() {}

  /** Fails if a view does not have the bytes of the file. */
  public static void requireView(TerminalServer server, String user, String path) {
    CheckedOutputStream bytes = counting();
    server.get(user, "/files/view?path=" + path, bytes);
    require(server, user, path, bytes.getChecksum().getValue());
  }

  /** Fails if a file does not have these bytes. */
  public static void requireFile(
      TerminalServer server, String user, String path, InputStream content) {
    CheckedOutputStream bytes = counting();
    try (content) {
      content.transferTo(bytes);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    require(server, user, path, bytes.getChecksum().getValue());
  }

  private static CheckedOutputStream counting() {
    return new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32());
  }

  private static void require(TerminalServer server, String user, String path, long expected) {
    String shown = server.runAndRead(user, PROGRAM + path).text().strip();
    if (!shown.equals(Long.toString(expected))) {
      throw new IllegalStateException(
          path + " has wrong bytes: its checksum is " + shown + " and not " + expected);
    }
  }
}
