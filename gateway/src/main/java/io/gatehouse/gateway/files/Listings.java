package io.gatehouse.gateway.files;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.FileEntry;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.Sessions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Lists directories. */
record Listings(Sessions sessions) {

  /** The most entries of one listing. No person scrolls further. */
  private static final int MOST_ENTRIES = 100_000;

  private static final int OWNER_WRITES = 0200;
  private static final int GROUP_WRITES = 0020;
  private static final int OTHERS_WRITE = 0002;

  /**
   * The entries of a directory.
   *
   * @param held counts the memory of the entries
   */
  Listing list(Account account, String directory, Lease held) {
    try (RemoteFiles files = sessions.of(account).files()) {
      FileAttributes itself = requireDirectory(files, directory);
      int most = (int) Math.min(MOST_ENTRIES, held.most() / Listing.LARGEST_ENTRY);
      List<FileEntry> found = files.list(directory, most, held);
      held.take(Listing.WEIGHT_OF_ENTRY * found.size());
      List<Listing.Entry> entries = new ArrayList<>(found.size());
      for (FileEntry entry : found) {
        followed(files, directory, entry)
            .ifPresent(
                attributes ->
                    entries.add(
                        new Listing.Entry(
                            entry.name(),
                            attributes.isDirectory(),
                            attributes.size(),
                            attributes.modified(),
                            mayWrite(account, attributes))));
      }
      entries.sort(Comparator.comparing(Listing.Entry::name));
      boolean writable = mayWrite(account, itself) && !files.space(directory).readOnly();
      return new Listing(writable, entries, found.size() == most);
    }
  }

  /**
   * The attributes of an entry; for a link, those of its target. A link without a target is not
   * shown, as in Open Terminal.
   */
  private static Optional<FileAttributes> followed(
      RemoteFiles files, String directory, FileEntry entry) {
    if (!entry.attributes().isLink()) {
      return Optional.of(entry.attributes());
    }
    try {
      return files.find(Paths.child(directory, entry.name()));
    } catch (FileException closed) {
      return Optional.empty();
    }
  }

  /**
   * Whether the permission bits let the account write. Access control lists and further groups of
   * the account are not taken into account.
   */
  private static boolean mayWrite(Account account, FileAttributes attributes) {
    int bit =
        attributes.owner() == account.uid()
            ? OWNER_WRITES
            : attributes.group() == account.uid() ? GROUP_WRITES : OTHERS_WRITE;
    return (attributes.permissions() & bit) != 0;
  }

  private static FileAttributes requireDirectory(RemoteFiles files, String path) {
    return files
        .find(path)
        .filter(FileAttributes::isDirectory)
        .orElseThrow(() -> new FileException(Reason.NOT_FOUND, "Directory not found"));
  }
}
