package io.gatehouse.gateway.files;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.HeldBytes;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.Sessions;
import java.io.IOException;
import java.util.Optional;

/** Compares files in the user's login. */
record Comparisons(Sessions sessions, Documents documents) {

  /**
   * Compares the texts of two files; returns JSON.
   *
   * @param held counts the memory of the answer
   */
  HeldBytes compare(
      Account account, String original, String revised, boolean ignoreWhitespace, Lease held)
      throws IOException {
    try (RemoteFiles files = sessions.of(account).files()) {
      return documents.comparison(
          sessions.of(account),
          compared(files, original, held),
          compared(files, revised, held),
          ignoreWhitespace,
          held);
    }
  }

  /**
   * Finds out how to read a file for the comparison: as a document, or as text in the encoding that
   * is also used when the file is shown.
   */
  private static Documents.Compared compared(RemoteFiles files, String path, Lease held)
      throws IOException {
    FileAttributes attributes =
        UserFiles.requireFile(files, path, Paths.name(path) + ": File not found.");
    if (Documents.isDocument(path) || attributes.size() > Documents.LARGEST_COMPARED) {
      return new Documents.Compared(path, Optional.empty());
    }
    TextFile file =
        TextFile.open(files, path, attributes, held)
            .orElseThrow(
                () ->
                    new FileException(
                        Reason.UNREADABLE, Paths.name(path) + ": Unsupported binary file."));
    return new Documents.Compared(path, Optional.of(file.decoding().charset()));
  }
}
