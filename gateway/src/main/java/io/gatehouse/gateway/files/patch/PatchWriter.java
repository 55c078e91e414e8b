package io.gatehouse.gateway.files.patch;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.files.AtomicWriter;
import io.gatehouse.gateway.files.AtomicWriter.Prepared;
import io.gatehouse.gateway.files.Folders;
import io.gatehouse.gateway.files.Paths;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.Session;
import io.gatehouse.gateway.session.ShellWord;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes the files of one patch. All new contents are written beside their files before the first
 * file changes, so a full disk is noticed in time. If something fails later, the changes that were
 * made are undone.
 */
final class PatchWriter {

  private static final Duration RMDIR_LIMIT = Duration.ofSeconds(10);

  private final Session session;
  private final RemoteFiles files;
  private final AtomicWriter writer;

  /** The steps that undo the changes made so far, the last change first. */
  private final Deque<Undo> undone = new ArrayDeque<>();

  /** Deleted files under other names, until the patch is done. */
  private final List<String> deleted = new ArrayList<>();

  private record Undo(String path, Step step) {}

  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  PatchWriter(Session session, RemoteFiles files, Account account) {
    this.session = session;
    this.files = files;
    this.writer = new AtomicWriter(files, account);
  }

  void write(List<PlannedChange> plan) throws IOException {
    List<Prepared> prepared = new ArrayList<>();
    try {
      for (PlannedChange each : plan) {
        prepare(each, prepared);
      }
      for (PlannedChange each : plan) {
        requireUnchanged(each);
      }
      int next = 0;
      for (PlannedChange each : plan) {
        commit(each, isWritten(each) ? prepared.get(next++) : null);
      }
    } catch (IOException | RuntimeException failure) {
      throw restored(failure);
    } finally {
      prepared.forEach(Prepared::close);
    }
    deleted.forEach(this::removeQuietly);
  }

  private static boolean isWritten(PlannedChange planned) {
    return planned.result().kind() != PatchResult.Kind.DELETED;
  }

  private void prepare(PlannedChange planned, List<Prepared> prepared) throws IOException {
    planned.result().destination().ifPresent(this::makeFolders);
    if (planned.result().kind() == PatchResult.Kind.ADDED) {
      makeFolders(planned.result().path());
    }
    if (isWritten(planned)) {
      prepared.add(writer.prepare(planned.result().path(), out -> out.write(planned.written())));
    }
  }

  private void makeFolders(String path) {
    List<String> made = new Folders(files).make(Paths.parent(path));
    if (!made.isEmpty()) {
      undone.push(new Undo(path, () -> removeFolders(made)));
    }
  }

  /**
   * Removes the folders by one program, because {@link RemoteFiles} has no request to remove a
   * folder.
   */
  private void removeFolders(List<String> made) throws IOException {
    String words = made.reversed().stream().map(ShellWord::quote).collect(Collectors.joining(" "));
    try (Pipe pipe = session.pipe("exec rmdir -- " + words, RMDIR_LIMIT)) {
      pipe.output().readAllBytes();
      var unused = pipe.exit();
    }
  }

  /** Refuses to write over what another program has changed since the file was read. */
  private void requireUnchanged(PlannedChange planned) throws IOException {
    String path = planned.result().path();
    boolean unchanged =
        switch (planned.result().kind()) {
          case ADDED -> files.findItself(path).isEmpty();
          case DELETED -> files.findItself(path).equals(planned.attributes());
          case UPDATED -> holds(path, planned.old());
        };
    if (!unchanged) {
      throw new FileException(
          Reason.CONFLICT,
          "%s was changed while the patch was made. Nothing was changed by the patch. Read the file"
                  .formatted(path)
              + " again with read_file, and send the patch again.");
    }
  }

  private boolean holds(String path, byte[] bytes) throws IOException {
    if (files.find(path).filter(found -> found.isFile()).isEmpty()) {
      return false;
    }
    try (InputStream in = files.read(path, 0, bytes.length + 1L)) {
      return Arrays.equals(in.readAllBytes(), bytes);
    }
  }

  private void commit(PlannedChange planned, @Nullable Prepared content) throws IOException {
    String path = planned.result().path();
    if (content == null) {
      String aside = writer.temporaryBeside(path);
      files.rename(path, aside);
      undone.push(new Undo(path, () -> files.rename(aside, path)));
      deleted.add(aside);
      return;
    }
    if (planned.result().kind() == PatchResult.Kind.ADDED) {
      content.commitNew();
      undone.push(new Undo(path, () -> files.remove(path)));
      return;
    }
    // A file that is written in place may be half written when this fails.
    undone.push(new Undo(path, () -> putBack(path, planned.old())));
    content.commit();
    if (planned.result().destination().isPresent()) {
      String destination = planned.result().destination().get();
      files.rename(path, destination);
      undone.push(new Undo(path, () -> files.rename(destination, path)));
    }
  }

  /** Writes the old bytes, unless the file has them: the account may not be able to write it. */
  private void putBack(String path, byte[] old) throws IOException {
    if (!holds(path, old)) {
      writer.write(path, out -> out.write(old));
    }
  }

  /** Undoes everything, and says what could not be undone. */
  private RuntimeException restored(Exception failure) {
    List<String> lost = new ArrayList<>();
    for (Undo each : undone) {
      try {
        each.step().run();
      } catch (IOException | RuntimeException second) {
        lost.add(each.path());
        failure.addSuppressed(second);
      }
    }
    if (!lost.isEmpty()) {
      return new FileException(
          Reason.FAILED,
          "The patch failed, and these files could not be put back; look at them: " + lost,
          failure);
    }
    return failure instanceof RuntimeException known
        ? known
        : new FileException(
            Reason.FAILED, "The patch failed while it was written. Nothing was changed.", failure);
  }

  private void removeQuietly(String path) {
    try {
      files.remove(path);
    } catch (RuntimeException left) {
      // The patch is done, and the user sees a file that begins with a dot.
    }
  }
}
