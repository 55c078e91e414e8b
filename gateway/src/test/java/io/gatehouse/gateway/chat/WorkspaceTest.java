package io.gatehouse.gateway.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountName;
import io.gatehouse.gateway.session.AccountPath;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WorkspaceTest {

  private final Account alice =
      new Account(new AccountName("alice"), 20_000, Path.of("/home/alice"));
  private final Workspace workspace =
      new Workspace(new ChatScope("alice", Optional.of("chat")), alice, "/srv/project");

  @Test
  void seesPathsFromTheChatsDirectoryAndHomesFromTheAccount() {
    assertThat(workspace.resolve("src/../a.txt")).isEqualTo("/srv/project/a.txt");
    assertThat(workspace.resolve("/etc/hosts")).isEqualTo("/etc/hosts");
    assertThat(workspace.at("/home/user/a")).isEqualTo(new AccountPath(alice, "/home/alice/a"));
  }

  @Test
  void startsACommandWhereItAsksElseInTheChatsDirectory() {
    assertThat(workspace.directoryOfCommand(Optional.empty())).isEqualTo("/srv/project");
    assertThat(workspace.directoryOfCommand(Optional.of("build"))).isEqualTo("/srv/project/build");
    assertThat(workspace.directoryOfCommand(Optional.of("/tmp"))).isEqualTo("/tmp");
  }

  @Test
  void knowsTheHomeHoweverItIsCalled() {
    assertThat(workspace.isHome(workspace.resolve("/home/user"))).isTrue();
    assertThat(workspace.isHome(workspace.directory())).isFalse();
  }
}
