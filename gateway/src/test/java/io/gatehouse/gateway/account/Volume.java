package io.gatehouse.gateway.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatehouse.gateway.account.AccountSettings.Naming;
import io.gatehouse.gateway.auth.Role;
import io.gatehouse.gateway.auth.User;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A folder with homes and a registry, as a container finds it on its volume. */
final class Volume {

  private final Path homes;

  Volume(Path homes) {
    this.homes = homes;
  }

  static User user(String id) {
    return new User(id, Optional.empty(), Role.USER);
  }

  static User user(String id, String mail) {
    return new User(id, Optional.of(mail), Role.USER);
  }

  AccountSettings settings(Naming naming, boolean isolation) {
    return new AccountSettings(homes.resolve(".gatehouse"), homes, "", naming, isolation);
  }

  /** A registry as a newly started gateway has it. */
  AccountRegistry registry(Naming naming, FakeSystem system) {
    return new AccountRegistry(settings(naming, true), system);
  }

  AccountRegistry registry() {
    return registry(Naming.ID, new FakeSystem());
  }

  Path home(String name) {
    return homes.resolve(name);
  }

  /**
   * Makes a home with this owner, which needs root. In a container and in CI, the tests run as
   * root.
   */
  Path makeHome(String name, int uid) {
    try {
      Path home = Files.createDirectory(home(name));
      assumeTrue(
          Files.getAttribute(homes, "unix:uid").equals(0), "only root can give folders away");
      Files.setAttribute(home, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
      return home;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  Path record(String userId) {
    return registryFile("users", UserKey.of(userId));
  }

  Path registryFolder(String folder) {
    return homes.resolve(".gatehouse/registry").resolve(folder);
  }

  Path registryFile(String folder, String name) {
    return registryFolder(folder).resolve(name);
  }

  List<String> registryFiles(String folder) {
    try (Stream<Path> files = Files.list(registryFolder(folder))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  Path standingFile(String name) {
    return homes.resolve(".gatehouse/accounts").resolve(name);
  }

  /** Writes the standing of an account as root writes it. */
  void standing(String name, String line) {
    try {
      Path file = standingFile(name);
      Files.createDirectories(file.getParent());
      Path whole = Files.writeString(file.resolveSibling(".new-" + name), line + "\n");
      var unused = Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  void assertOwner(Path path, int uid) throws IOException {
    assertThat(Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)).isEqualTo(uid);
  }
}
