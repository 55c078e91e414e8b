package io.gatehouse.gateway.files;

import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.RemoteFiles;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Makes folders as {@code mkdir -p} does. */
final class Folders {

  private final RemoteFiles files;

  Folders(RemoteFiles files) {
    this.files = files;
  }

  /** Makes the folder and all missing folders above it. A folder that exists is left as it is. */
  void make(String path) {
    Deque<String> missing = new ArrayDeque<>();
    String at = path;
    Optional<FileAttributes> found = files.find(at);
    while (found.isEmpty() && !at.equals("/")) {
      missing.push(at);
      at = Paths.parent(at);
      found = files.find(at);
    }
    if (found.isPresent() && !found.get().isDirectory()) {
      throw new FileException(Reason.INVALID, "This is not a folder; name a folder: " + at);
    }
    missing.forEach(this::makeOne);
  }

  private void makeOne(String path) {
    try {
      files.makeDirectory(path);
    } catch (FileException failure) {
      // Another program may have made the folder in between.
      if (failure.reason() != Reason.FAILED
          || !files.find(path).map(FileAttributes::isDirectory).orElse(false)) {
        throw failure;
      }
    }
  }
}
