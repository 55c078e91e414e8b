package io.gatehouse.gateway.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WorkingDirectoriesTest {

  private final Account alice =
      new Account(new AccountName("alice"), 20_000, Path.of("/home/alice"));
  private final AtomicLong now = new AtomicLong();
  private final WorkingDirectories directories =
      new WorkingDirectories(Duration.ofHours(1), now::get);

  @Test
  void isHomeUntilChangedAndThenBelongsToUserAndChat() {
    ChatScope chat = new ChatScope("alice-id", Optional.of("chat"));
    assertThat(directories.of(chat, alice)).isEqualTo("/home/alice");

    directories.remember(chat, "/srv");

    assertThat(directories.of(chat, alice)).isEqualTo("/srv");
    assertThat(directories.of(new ChatScope("alice-id", Optional.of("other")), alice))
        .isEqualTo("/home/alice");
    assertThat(directories.of(new ChatScope("bob-id", Optional.of("chat")), alice))
        .isEqualTo("/home/alice");
  }

  @Test
  void isNotKeptForRequestsOutsideOfChats() {
    ChatScope none = new ChatScope("alice-id", Optional.empty());
    directories.remember(none, "/srv");
    assertThat(directories.of(none, alice)).isEqualTo("/home/alice");
  }

  @Test
  void isForgottenAfterItsTimeUnused() {
    ChatScope chat = new ChatScope("alice-id", Optional.of("chat"));
    directories.remember(chat, "/srv");
    now.addAndGet(Duration.ofMinutes(59).toNanos());
    assertThat(directories.of(chat, alice)).isEqualTo("/srv");
    now.addAndGet(Duration.ofMinutes(59).toNanos());
    assertThat(directories.of(chat, alice)).isEqualTo("/srv");
    now.addAndGet(Duration.ofMinutes(61).toNanos());
    assertThat(directories.of(chat, alice)).isEqualTo("/home/alice");
  }

  @Test
  void forgetsNobodysChatsForThoseOfAnother() {
    ChatScope bobs = new ChatScope("bob-id", Optional.of("chat"));
    directories.remember(bobs, "/srv");
    for (int i = 0; i < 100_000; i++) {
      directories.remember(new ChatScope("alice-id", Optional.of("chat-" + i)), "/tmp");
    }
    assertThat(directories.of(bobs, alice)).isEqualTo("/srv");
    assertThat(directories.size()).isLessThan(5_000);
  }

  @Test
  void keepsFewerOfLongDirectories() {
    String longest = "/" + "x".repeat(4094);
    for (int i = 0; i < 1_000; i++) {
      directories.remember(new ChatScope("alice-id", Optional.of("chat-" + i)), longest);
    }
    assertThat(directories.size()).isLessThan(100);
  }

  @Test
  void keepsABoundedNumberOfChatsOfAllUsers() {
    for (int user = 0; user < 300; user++) {
      for (int chat = 0; chat < 500; chat++) {
        directories.remember(new ChatScope("user-" + user, Optional.of("chat-" + chat)), "/tmp");
      }
    }
    assertThat(directories.size()).isLessThan(60_000);
  }

  @ParameterizedTest
  @CsvSource({
    "/srv/data,       /srv/data",
    "data,            /base/data",
    "./data/,         /base/data",
    "../data,         /data",
    "../../../..,     /",
    "/a//b/./c/../d,  /a/b/d",
    ".,               /base",
    "/,               /",
    "/home/user,      /home/alice",
    "/home/user/x,    /home/alice/x",
    "/home/usr/x/..,  /home/alice",
    "/home/username,  /home/username",
    "/home/bob,       /home/bob",
    "' ',             '/base/ '",
  })
  void resolvesPathsAsClientsMeanThem(String path, String absolute) {
    assertThat(WorkingDirectories.resolve(alice, "/base", path)).isEqualTo(absolute);
  }
}
