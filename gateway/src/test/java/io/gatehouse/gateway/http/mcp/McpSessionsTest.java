package io.gatehouse.gateway.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.IntNode;
import io.gatehouse.gateway.http.exchange.RefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class McpSessionsTest {

  private final AtomicLong time = new AtomicLong();
  private final McpSessions sessions = new McpSessions(time::get);

  private List<String> open(String user, int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      time.incrementAndGet();
      ids.add(sessions.open(user));
    }
    return ids;
  }

  private boolean isThere(String user, String id) {
    try {
      var unused = sessions.require(user, id);
      return true;
    } catch (RefusedException missing) {
      return false;
    }
  }

  @Test
  void makesRoomForTheSameUserByTheOneUsedLongestAgo() {
    List<String> ids = open("alice", McpSessions.MOST_OF_USER);
    String ofBob = sessions.open("bob");
    time.incrementAndGet();
    assertThat(isThere("alice", ids.getFirst())).isTrue();

    open("alice", 1);

    assertThat(isThere("alice", ids.getFirst())).isTrue();
    assertThat(isThere("alice", ids.get(1))).isFalse();
    assertThat(isThere("bob", ofBob)).isTrue();
    assertThat(sessions.size()).isEqualTo(McpSessions.MOST_OF_USER + 1);
  }

  @Test
  void keepsSessionsWhoseCallsRun() {
    List<String> ids = open("alice", McpSessions.MOST_OF_USER);
    List<RunningCall> calls = new ArrayList<>();
    ids.forEach(
        id -> calls.add(sessions.require("alice", id).begin(IntNode.valueOf(1), Optional.empty())));

    assertThatThrownBy(() -> sessions.open("alice"))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("too many MCP sessions");
    calls.getFirst().close();
    open("alice", 1);

    assertThat(isThere("alice", ids.getFirst())).isFalse();
    assertThat(isThere("alice", ids.getLast())).isTrue();
  }

  @Test
  void forgetsASessionThatNobodyUses() {
    String id = sessions.open("alice");
    time.addAndGet(McpSessions.IDLE_LIMIT.toNanos());
    assertThat(isThere("alice", id)).isTrue();

    time.addAndGet(McpSessions.IDLE_LIMIT.toNanos() + 1);

    assertThat(isThere("alice", id)).isFalse();
    assertThat(sessions.size()).isZero();
  }

  @Test
  void makesRoomAmongTheUsersWithTheMostSessions() {
    String ofBob = sessions.open("bob");
    for (int user = 0; sessions.size() < McpSessions.MOST; user++) {
      open("user" + user, Math.min(McpSessions.MOST_OF_USER, McpSessions.MOST - sessions.size()));
    }

    String late = sessions.open("late");

    assertThat(sessions.size()).isEqualTo(McpSessions.MOST);
    assertThat(isThere("late", late)).isTrue();
    assertThat(isThere("bob", ofBob)).isTrue();
  }

  @Test
  void refusesMoreThanThereMayBeWhileCallsRunInAll() {
    for (int user = 0; sessions.size() < McpSessions.MOST; user++) {
      String name = "user" + user;
      open(name, McpSessions.MOST_OF_USER)
          .forEach(id -> sessions.require(name, id).begin(IntNode.valueOf(1), Optional.empty()));
    }

    assertThatThrownBy(() -> sessions.open("late"))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("too many MCP sessions");
    assertThat(sessions.size()).isEqualTo(McpSessions.MOST);
  }

  @Test
  void endsIdleSessionsFirst() {
    for (int user = 0; sessions.size() < McpSessions.MOST; user++) {
      open("user" + user, McpSessions.MOST_OF_USER);
    }

    time.addAndGet(McpSessions.IDLE_LIMIT.toNanos() + McpSessions.MOST);
    assertThat(isThere("late", sessions.open("late"))).isTrue();
    assertThat(sessions.size()).isEqualTo(1);
  }

  @Test
  void findsNoSessionOfAnotherUser() {
    String id = sessions.open("alice");

    assertThat(isThere("bob", id)).isFalse();
    assertThatThrownBy(() -> sessions.end("bob", id)).isInstanceOf(RefusedException.class);
    assertThat(isThere("alice", id)).isTrue();
  }
}
