package io.gatehouse.gateway.files.patch;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.files.OpenFile;
import io.gatehouse.gateway.files.TextFile;
import io.gatehouse.gateway.files.UserFiles;
import io.gatehouse.gateway.files.patch.Patch.Add;
import io.gatehouse.gateway.files.patch.Patch.Change;
import io.gatehouse.gateway.files.patch.Patch.Delete;
import io.gatehouse.gateway.files.patch.Patch.Update;
import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.Sessions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Applies patches of several files: all of a patch, or nothing. */
public final class Patches {

  /** Bytes of all files of a patch, before it; they are kept so that they can be put back. */
  private static final long LARGEST = 16 * 1024 * 1024;

  private final Sessions sessions;

  public Patches(Sessions sessions) {
    this.sessions = sessions;
  }

  /**
   * Applies a patch.
   *
   * @param resolve makes a path of the patch absolute
   * @param dryRun whether nothing is changed
   * @param held counts the memory of the files
   * @throws FileException CONFLICT if a file is not what the patch takes it for; nothing is changed
   */
  public List<PatchResult> apply(
      Account account, Patch patch, UnaryOperator<String> resolve, boolean dryRun, Lease held)
      throws IOException {
    try (RemoteFiles files = sessions.of(account).files()) {
      List<PlannedChange> plan = new ArrayList<>();
      Set<String> named = new HashSet<>();
      SearchWork work = new SearchWork();
      long size = 0;
      for (Change change : patch.changes()) {
        PlannedChange planned = plan(files, change, resolve, held, work);
        requireOnce(files, planned.result(), named);
        plan.add(planned);
        size += planned.old().length;
        if (size > LARGEST) {
          throw new FileException(
              Reason.TOO_LARGE,
              "The files that a patch changes must have at most "
                  + LARGEST
                  + " bytes together; change them with several patches");
        }
      }
      if (!dryRun) {
        held.take(OpenFile.AHEAD);
        new PatchWriter(sessions.of(account), files, account).write(plan);
      }
      return plan.stream().map(PlannedChange::result).toList();
    }
  }

  private static PlannedChange plan(
      RemoteFiles files, Change change, UnaryOperator<String> resolve, Lease held, SearchWork work)
      throws IOException {
    String path = resolve.apply(change.path());
    return switch (change) {
      case Add add -> added(files, path, add, held);
      case Delete unused -> deleted(files, path);
      case Update update -> updated(files, path, update, resolve, held, work);
    };
  }

  private static PlannedChange added(RemoteFiles files, String path, Add add, Lease held) {
    requireFree(files, path);
    held.take(add.text().length());
    byte[] bytes = add.text().getBytes(StandardCharsets.UTF_8);
    return PlannedChange.add(
        new PatchResult(PatchResult.Kind.ADDED, path, Optional.empty(), bytes.length), bytes);
  }

  private static void requireFree(RemoteFiles files, String path) {
    if (files.findItself(path).isPresent()) {
      throw new FileException(
          Reason.CONFLICT,
          "%s exists already. Read it with read_file, and change it with '*** Update File:'."
              .formatted(path));
    }
  }

  private static PlannedChange deleted(RemoteFiles files, String path) {
    FileAttributes found = files.findItself(path).orElseThrow(() -> absent(path));
    if (!found.isLink()) {
      UserFiles.requireRegular(found, path);
    }
    if (found.isDirectory()) {
      throw new FileException(
          Reason.INVALID, path + " is a directory; a patch deletes files only. Use run_command.");
    }
    return PlannedChange.delete(
        new PatchResult(PatchResult.Kind.DELETED, path, Optional.empty(), 0), found);
  }

  private static FileException absent(String path) {
    return new FileException(
        Reason.NOT_FOUND, "There is no file " + path + ". Look for it with glob_search.");
  }

  private static PlannedChange updated(
      RemoteFiles files,
      String path,
      Update update,
      UnaryOperator<String> resolve,
      Lease held,
      SearchWork work)
      throws IOException {
    FileAttributes attributes =
        files.find(path).filter(found -> !found.isDirectory()).orElseThrow(() -> absent(path));
    UserFiles.requireRegular(attributes, path);
    Optional<String> destination = update.destination().map(resolve);
    destination.ifPresent(target -> requireFree(files, target));
    byte[] old = read(files, path, attributes.size(), held);
    byte[] edited = old;
    if (!update.hunks().isEmpty()) {
      TextFile file =
          TextFile.of(files, path, old)
              .orElseThrow(
                  () ->
                      new FileException(
                          Reason.INVALID,
                          "This is not a text file, and only text can be patched: " + path));
      edited =
          file.edited(LARGEST, held).spliced(text -> Hunks.places(update, text, held, work), held);
    } else if (destination.isEmpty()) {
      throw new FileException(Reason.INVALID, "The patch changes nothing in " + path);
    }
    return PlannedChange.update(
        new PatchResult(PatchResult.Kind.UPDATED, path, destination, edited.length), old, edited);
  }

  /** The bytes of a file, of which one more than expected shows that it has grown. */
  static byte[] read(RemoteFiles files, String path, long size, Lease held) throws IOException {
    if (size > LARGEST) {
      throw new FileException(
          Reason.TOO_LARGE, "The file has more than " + LARGEST + " bytes: " + path);
    }
    held.take(2 * size);
    try (InputStream in = files.read(path, 0, size + 1)) {
      return in.readAllBytes();
    }
  }

  /** Refuses a file that is named twice, also by a link, because the order would count then. */
  private static void requireOnce(RemoteFiles files, PatchResult result, Set<String> named) {
    List<String> paths = new ArrayList<>();
    paths.add(
        result.kind() == PatchResult.Kind.UPDATED ? files.realPath(result.path()) : result.path());
    result.destination().ifPresent(paths::add);
    for (String path : paths) {
      if (!named.add(path)) {
        throw new FileException(
            Reason.INVALID,
            path + " is named twice in the patch. Put all its hunks into one place.");
      }
    }
  }
}
