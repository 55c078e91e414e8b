package io.gatehouse.gateway.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountName;
import io.gatehouse.gateway.session.FakeSessions;
import io.gatehouse.gateway.session.Session;
import io.gatehouse.gateway.session.Sessions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PortsTest {

  private static final String HEAD =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout"
          + " inode\n";
  private static final Account ALICE =
      new Account(new AccountName("alice"), 20001, Path.of("/home/alice"));

  @TempDir private Path folder;

  private static String row(String local, String remote, String state, long uid, long inode) {
    return "   0: %s %s %s 00000000:00000000 00:00000000 00000000 %5d        0 %d 1 0000 100 0\n"
        .formatted(local, remote, state, uid, inode);
  }

  private static String listening(String local, long uid, long inode) {
    String any = local.length() > 13 ? TcpRow.ANY_6 : TcpRow.ANY_4;
    return row(local, any + ":0000", "0A", uid, inode);
  }

  private Ports ports(String tcp, String tcp6) throws IOException {
    Files.writeString(folder.resolve("tcp"), HEAD + tcp);
    Files.writeString(folder.resolve("tcp6"), HEAD + tcp6);
    return new Ports(
        new FakeSessions(
            command -> {
              throw new IllegalStateException("a poll starts no command");
            }),
        folder,
        folder.resolve("none"));
  }

  @Test
  void listsThePortsOfTheAccountOnlyInOrderAndOnce() throws IOException {
    Ports ports =
        ports(
            listening("0100007F:1F90", 20001, 11)
                + listening("00000000:0BB8", 20001, 12)
                + listening("00000000:0016", 0, 13)
                + listening("0100007F:0BB9", 20002, 14)
                + row("0100007F:1F90", "0100007F:D431", "01", 20001, 15)
                + row("0100007F:0FA0", "0100007F:D432", "01", 20001, 16),
            listening(TcpRow.LOOPBACK_6 + ":0BB8", 20001, 17)
                + listening(TcpRow.LOOPBACK_6 + ":1389", 20001, 18));
    assertThat(ports.list(ALICE)).extracting(OpenPort::port).containsExactly(3000, 5001, 8080);
    assertThat(ports.list(ALICE)).allSatisfy(port -> assertThat(port.pid()).isEmpty());
  }

  @Test
  void readsTheTableOnceForAllPollsOfASecond() throws IOException {
    Ports ports = ports(listening("0100007F:1F90", 20001, 11), "");
    assertThat(ports.list(ALICE)).hasSize(1);
    Files.delete(folder.resolve("tcp"));
    assertThat(ports.list(ALICE)).hasSize(1);
    TcpTables tables = new TcpTables(folder);
    assertThat(tables.listenersOf(20001, Duration.ZERO)).isEmpty();
  }

  @Test
  void readsAllRowsWithAPortAtEitherEndAndNoOthers() throws IOException {
    Files.writeString(
        folder.resolve("tcp"),
        HEAD
            + listening("00000000:0BB8", 20001, 11)
            + listening("0100007F:BB8A", 20001, 12)
            + row("0100007F:D431", "0100007F:0BB8", "01", 20001, 13)
            + row("0100007F:0BB8", "0100007F:D431", "01", 20001, 14)
            + row("0100007F:D432", "0100007F:0BB9", "01", 20001, 15));
    Files.writeString(
        folder.resolve("tcp6"), HEAD + listening(TcpRow.LOOPBACK_6 + ":0BB8", 20002, 16));
    assertThat(new TcpTables(folder).atPort(3000))
        .extracting(TcpRow::inode)
        .containsExactly(11L, 13L, 14L, 16L);
  }

  /** Logins that count the programs that are started in them, and allow nothing else. */
  private static Sessions counting(AtomicInteger programs) {
    Session session =
        (Session)
            Proxy.newProxyInstance(
                PortsTest.class.getClassLoader(),
                new Class<?>[] {Session.class},
                (proxy, method, arguments) -> {
                  if (!method.getName().equals("pipeIfLoggedIn")) {
                    throw new AssertionError("a poll calls " + method.getName());
                  }
                  programs.incrementAndGet();
                  return Optional.empty();
                });
    return new Sessions() {
      @Override
      public Session of(Account account) {
        return session;
      }

      @Override
      public void close() {}
    };
  }

  /** A pause of zero leaves only the sockets to decide whether a program starts. */
  @Test
  void startsAProgramForNewSocketsOnlyAndNeverLogsIn() {
    AtomicInteger programs = new AtomicInteger();
    Looks looks = new Looks(counting(programs), Duration.ZERO);
    for (int polls = 0; polls < 1000; polls++) {
      var unused = looks.programs(ALICE, Set.of(11L, 12L));
    }
    await().until(() -> programs.get() > 0);
    assertThat(programs).hasValue(1);
    var unused = looks.programs(ALICE, Set.of(11L, 12L, 13L));
    await().until(() -> programs.get() > 1);
    assertThat(programs).hasValue(2);
  }

  @Test
  void startsNothingForAnAccountWithoutSockets() throws IOException {
    Files.writeString(folder.resolve("tcp"), HEAD + listening("0100007F:1F90", 20001, 11));
    AtomicInteger programs = new AtomicInteger();
    Ports ports = new Ports(counting(programs), folder, folder.resolve("none"));
    Account silent = new Account(new AccountName("silent"), 20003, Path.of("/home/silent"));
    for (int polls = 0; polls < 1000; polls++) {
      assertThat(ports.list(silent)).isEmpty();
    }
    assertThat(programs).hasValue(0);
  }

  @Test
  void survivesLinesThatAreNone() {
    assertThat(TcpRow.parse("")).isEmpty();
    assertThat(TcpRow.parse(HEAD)).isEmpty();
    assertThat(TcpRow.parse("0: x y z 1 2 3 4 5 6 7")).isEmpty();
    assertThat(TcpRow.parse("0: 00:zz 00:00 0A a b c 4 5 6 7")).isEmpty();
  }

  @Test
  void readsIpv4InsideIpv6AsIpv4() {
    TcpRow row =
        TcpRow.parse(
                row(
                    "0000000000000000FFFF00000100007F:1F90",
                    "0000000000000000FFFF00000100007F:D431",
                    "01",
                    5,
                    7))
            .orElseThrow();
    assertThat(row.local().address()).isEqualTo(TcpRow.LOOPBACK_4);
    assertThat(row.remote().address()).isEqualTo(TcpRow.LOOPBACK_4);
    assertThat(row.ipv6()).isTrue();
  }

  @Test
  void readsWhatALoginSees() throws IOException {
    String output =
        listening("0100007F:1F90", 20001, 42)
            + "/proc/77/fd socket:[42]\n"
            + "/proc/78/fd socket:[42]\n"
            + "/proc/79/fd socket:[43]\n"
            + "/proc/77/comm:python3\n"
            + "/proc/78/comm:a name of more than fifteen\n"
            + "nonsense\n";
    Look look = Look.read(new ByteArrayInputStream(output.getBytes(StandardCharsets.UTF_8)));
    assertThat(look.rows()).extracting(row -> row.local().port()).containsExactly(8080);
    assertThat(look.programs())
        .containsEntry(42L, new Look.Program(77, "python3"))
        .containsEntry(43L, new Look.Program(79, ""));
  }
}
