package io.gatehouse.gateway.account;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Looks at the folder of the homes, and changes nothing there. */
final class Homes {

  /** The bits of a mode that give the type of a file, and the values of two types; see inode(7). */
  private static final int TYPE = 0170000;

  private static final int FOLDER = 0040000;
  private static final int LINK = 0120000;

  private final Path folder;
  private final Path reserved;

  Homes(AccountSettings settings) {
    this.folder = settings.homes();
    this.reserved = settings.reservedHomes();
  }

  Path of(AccountName name) {
    return folder.resolve(name.value());
  }

  /** The home of an account of the gateway's own, in another folder than the users' homes. */
  Path ofReserved(AccountName name) {
    return reserved.resolve(name.value());
  }

  /**
   * The uid that owns this home; empty if the home does not exist yet.
   *
   * @throws AccountException CONFLICT if something that is not a folder has its path
   */
  OptionalInt owner(Path home) {
    try {
      Map<String, Object> found = look(home);
      int type = number(found, "mode") & TYPE;
      if (type != FOLDER) {
        throw conflict(
            home
                + " is "
                + (type == LINK ? "a link" : "not a folder")
                + ", so it cannot be a home; move it away");
      }
      return OptionalInt.of(number(found, "uid"));
    } catch (NoSuchFileException absent) {
      return OptionalInt.empty();
    } catch (IOException failure) {
      throw unreadable(home, failure);
    }
  }

  /** The names of all folders that could be the home of a user. */
  List<AccountName> names() {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
          .map(entry -> entry.getFileName().toString())
          .filter(AccountName::isValid)
          .map(AccountName::new)
          .filter(name -> !name.isReserved())
          .toList();
    } catch (NoSuchFileException absent) {
      return List.of();
    } catch (IOException | UncheckedIOException failure) {
      throw unreadable(folder, failure);
    }
  }

  /** Every uid that owns something in the folder of the homes, whatever it is. */
  Set<Integer> owners() {
    return owners(path -> true);
  }

  /** Every uid that owns the home of another name than this. */
  Set<Integer> ownersExcept(AccountName name) {
    return owners(
        path -> {
          String other = path.getFileName().toString();
          return AccountName.isValid(other) && !other.equals(name.value());
        });
  }

  private Set<Integer> owners(Predicate<Path> which) {
    Set<Integer> owners = new HashSet<>();
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : (Iterable<Path>) entries.filter(which)::iterator) {
        addOwner(entry, owners);
      }
    } catch (NoSuchFileException absent) {
      return Set.of();
    } catch (IOException | UncheckedIOException failure) {
      throw unreadable(folder, failure);
    }
    return owners;
  }

  private static void addOwner(Path entry, Set<Integer> owners) throws IOException {
    try {
      owners.add(number(look(entry), "uid"));
    } catch (NoSuchFileException goneMeanwhile) {
      // The entry was deleted meanwhile, so it has no owner.
    }
  }

  /** Reads type and owner with one system call, so that both are of the same file. */
  private static Map<String, Object> look(Path path) throws IOException {
    return Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
  }

  private static int number(Map<String, Object> attributes, String attribute) {
    return ((Number) Objects.requireNonNull(attributes.get(attribute))).intValue();
  }

  private static AccountException unreadable(Path path, Exception failure) {
    return new AccountException(
        AccountException.Reason.REGISTRY,
        "the gateway cannot read " + path + "; check its permissions",
        failure);
  }

  /** Checks that the home of the account belongs to the account, or does not exist yet. */
  void requireOwn(Account account) {
    OptionalInt owner = owner(account.home());
    if (owner.isPresent() && owner.getAsInt() != account.uid()) {
      throw conflict(
          account.home()
              + " belongs to uid "
              + owner.getAsInt()
              + " and not to the account's uid "
              + account.uid()
              + "; change its owner or move it away");
    }
  }

  static AccountException conflict(String what) {
    return new AccountException(AccountException.Reason.CONFLICT, what);
  }
}
