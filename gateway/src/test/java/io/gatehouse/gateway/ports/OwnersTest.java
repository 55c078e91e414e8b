package io.gatehouse.gateway.ports;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.ports.Owners.Verdict;
import io.gatehouse.gateway.ports.TcpRow.End;
import io.gatehouse.gateway.ports.TcpRow.State;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class OwnersTest {

  private static final long ALICE = 20001;
  private static final long BOB = 20002;
  private static final End SERVER = new End(TcpRow.LOOPBACK_4, 3000);
  private static final End CLIENT = new End(TcpRow.LOOPBACK_4, 40000);
  private static final TcpRow NEAR = new TcpRow(CLIENT, SERVER, State.ESTABLISHED, ALICE, 7, false);

  private final Owners owners = new Owners(ALICE, SERVER);

  private static TcpRow far(long uid, long inode, State state) {
    return new TcpRow(SERVER, CLIENT, state, uid, inode, false);
  }

  private static TcpRow listening(long uid, boolean ipv6) {
    return new TcpRow(
        ipv6 ? new End(TcpRow.ANY_6, 3000) : SERVER,
        new End(TcpRow.ANY_4, 0),
        State.LISTENING,
        uid,
        9,
        ipv6);
  }

  private Verdict verdict(TcpRow... rows) {
    return owners.verdict(List.of(rows), Set.of());
  }

  @Test
  void knowsWhoHasTakenTheConnection() {
    assertThat(verdict(NEAR, far(ALICE, 8, State.ESTABLISHED))).isEqualTo(Verdict.OWN);
    assertThat(verdict(NEAR, far(BOB, 8, State.ESTABLISHED))).isEqualTo(Verdict.FOREIGN);
    assertThat(verdict(NEAR, far(0, 8, State.ESTABLISHED))).isEqualTo(Verdict.FOREIGN);
    assertThat(verdict(NEAR, far(BOB, 8, State.OTHER))).isEqualTo(Verdict.FOREIGN);
  }

  /** The listening socket may be another's by now; the connection is of who has taken it. */
  @Test
  void believesTheConnectionBeforeTheListeningSocket() {
    assertThat(verdict(listening(ALICE, false), NEAR, far(BOB, 8, State.ESTABLISHED)))
        .isEqualTo(Verdict.FOREIGN);
    assertThat(verdict(listening(BOB, false), NEAR, far(ALICE, 8, State.ESTABLISHED)))
        .isEqualTo(Verdict.OWN);
  }

  @Test
  void knowsInWhoseQueueAConnectionWaits() {
    TcpRow waits = far(0, 0, State.ESTABLISHED);
    assertThat(verdict(listening(ALICE, false), NEAR, waits)).isEqualTo(Verdict.OWN);
    assertThat(verdict(listening(BOB, false), NEAR, waits)).isEqualTo(Verdict.UNKNOWN);
    assertThat(verdict(listening(ALICE, true), NEAR, waits)).isEqualTo(Verdict.UNKNOWN);
    assertThat(verdict(NEAR, waits)).isEqualTo(Verdict.UNKNOWN);
    assertThat(verdict(listening(ALICE, false), NEAR, far(0, 0, State.OTHER)))
        .isEqualTo(Verdict.UNKNOWN);
    assertThat(verdict(NEAR, far(BOB, 0, State.RECEIVED))).isEqualTo(Verdict.FOREIGN);
    assertThat(verdict(NEAR, far(BOB, 0, State.ESTABLISHED))).isEqualTo(Verdict.FOREIGN);
  }

  @Test
  void believesNothingThatItDoesNotSee() {
    assertThat(verdict(listening(ALICE, false))).isEqualTo(Verdict.UNKNOWN);
    assertThat(verdict(listening(ALICE, false), NEAR)).isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void wantsAllNewConnectionsToBeOwnAndLeavesOldOnesAlone() {
    End other = new End(TcpRow.LOOPBACK_4, 40001);
    TcpRow nearOther = new TcpRow(other, SERVER, State.ESTABLISHED, ALICE, 10, false);
    TcpRow farOther = new TcpRow(SERVER, other, State.ESTABLISHED, BOB, 11, false);
    List<TcpRow> rows = List.of(NEAR, far(ALICE, 8, State.ESTABLISHED), nearOther, farOther);
    assertThat(owners.verdict(rows, Set.of())).isEqualTo(Verdict.FOREIGN);
    assertThat(owners.verdict(rows, Set.of(other))).isEqualTo(Verdict.OWN);
    assertThat(owners.verdict(rows, Set.of(CLIENT))).isEqualTo(Verdict.FOREIGN);
  }
}
