package io.gatehouse.gateway.account;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the accounts of the operating system from {@code /etc/passwd}, when a user is new. */
final class PasswdFile implements SystemAccounts {

  private static final int NAME = 0;
  private static final int UID = 2;

  private final Path file;

  PasswdFile(Path file) {
    this.file = file;
  }

  @Override
  public boolean exists(AccountName name) {
    return find(NAME, name.value()).isPresent();
  }

  @Override
  public Optional<String> nameOf(int uid) {
    return find(UID, Integer.toString(uid));
  }

  private Optional<String> find(int field, String value) {
    try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
      return lines
          .map(line -> line.split(":", -1))
          .filter(fields -> fields.length > UID && fields[field].equals(value))
          .map(fields -> fields[NAME])
          .findFirst();
    } catch (IOException failure) {
      throw new AccountException(AccountException.Reason.REGISTRY, "cannot read " + file, failure);
    }
  }
}
