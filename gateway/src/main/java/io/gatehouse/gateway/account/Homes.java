package io.gatehouse.gateway.account;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.OptionalInt;

/** Looks at what is in the places of homes; changes nothing there. */
final class Homes {

  private final Path folder;

  Homes(Path folder) {
    this.folder = folder;
  }

  Path of(AccountName name) {
    return folder.resolve(name.value());
  }

  /**
   * The uid that owns the home of this name; empty if there is none yet.
   *
   * @throws AccountException CONFLICT if something else is in its place
   */
  OptionalInt owner(AccountName name) {
    Path home = of(name);
    try {
      if (!Files.readAttributes(home, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isDirectory()) {
        throw conflict(home + " is not a folder, so it cannot be a home; move it away");
      }
      Object uid = Files.getAttribute(home, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      return OptionalInt.of(((Number) Objects.requireNonNull(uid)).intValue());
    } catch (NoSuchFileException absent) {
      return OptionalInt.empty();
    } catch (IOException failure) {
      throw new AccountException(
          AccountException.Reason.REGISTRY, "cannot look at " + home, failure);
    }
  }

  /** Returns if the home of the account is its own or not yet there. */
  void requireOwn(Account account) {
    OptionalInt owner = owner(account.name());
    if (owner.isPresent() && owner.getAsInt() != account.uid()) {
      throw conflict(
          account.home()
              + " belongs to uid "
              + owner.getAsInt()
              + " and not to the account's uid "
              + account.uid()
              + "; give it back or move it away");
    }
  }

  static AccountException conflict(String what) {
    return new AccountException(AccountException.Reason.CONFLICT, what);
  }
}
