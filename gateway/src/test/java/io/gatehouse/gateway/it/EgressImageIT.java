package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.GatehouseImage;
import io.gatehouse.gateway.support.Networks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;

/**
 * Tests which addresses outside users can reach, with netguard beside the image, in a network of
 * containers.
 */
@Tag("image")
@Timeout(180)
final class EgressImageIT {

  private static final String KEY = "egress-key";
  private static final String DOMAINS = "OPEN_TERMINAL_ALLOWED_DOMAINS";

  /** The resolver for accounts that may go everywhere. */
  private static final String OPEN_RESOLVER = "198.18.0.2";

  private static final String FETCH = "curl -sS -m 3 -o /dev/null -w '%{http_code}' http://";

  private static Network network;
  private static GenericContainer<?> good;
  private static GenericContainer<?> bad;
  private static GenericContainer<?> elsewhere;

  /** The members of the groups, as an admin writes them. */
  private static Path groups;

  /** Accounts that are served only if not everything outside can be reached. */
  private static Path limits;

  @BeforeAll
  static void start() throws IOException {
    groups = Files.writeString(Files.createTempFile("groups", ""), "far: farid\nnear: nearid\n");
    limits = Files.writeString(Files.createTempFile("limits", ""), "otherid - require egress\n");
    network = Network.newNetwork();
    good = server("good.test");
    bad = server("bad.test");
    elsewhere = server("elsewhere.test");
  }

  @AfterAll
  static void stop() throws IOException {
    good.stop();
    bad.stop();
    elsewhere.stop();
    network.close();
    Files.delete(groups);
    Files.delete(limits);
  }

  @SuppressWarnings("resource") // stopped above
  private static GenericContainer<?> server(String name) {
    GenericContainer<?> server =
        new GenericContainer<>(GatehouseImage.NAME)
            .withNetwork(network)
            .withNetworkAliases(name, "sub." + name)
            .withCreateContainerCmdModifier(
                command ->
                    command.withEntrypoint(
                        "/usr/bin/tini", "--", "python3", "-m", "http.server", "8080"));
    server.start();
    return server;
  }

  /** Does something as users of a gateway whose netguard and itself have these settings. */
  private static void with(
      Networks networks, Map<String, String> settings, Consumer<Function<String, Client>> users) {
    String volume = "gatehouse-egress-it-" + UUID.randomUUID();
    String members = volume + "-members";
    var ofNetguard = new HashMap<>(networks.settings());
    ofNetguard.putAll(settings);
    var ofGatehouse = new HashMap<>(ofNetguard);
    ofGatehouse.put("OPEN_TERMINAL_API_KEY", KEY);
    ofGatehouse.put("OPEN_TERMINAL_USER_ISOLATION", "true");
    try (GenericContainer<?> netguard = networks.startNetguard(ofNetguard, members, network);
        GenericContainer<?> gatehouse =
            GatehouseImage.startBeside(
                netguard,
                volume,
                ofGatehouse,
                host -> {
                  networks.ofGatehouse(host);
                  GatehouseImage.addBind(host, members, GatehouseImage.MEMBERS);
                  GatehouseImage.addBind(host, groups.toString(), "/etc/gatehouse/groups");
                  GatehouseImage.addBind(host, limits.toString(), "/etc/gatehouse/limits.conf");
                })) {
      assertThat(gatehouse.isRunning()).isTrue();
      users.accept(user -> GatehouseImage.client(netguard, KEY).user(user));
    } finally {
      GatehouseImage.removeVolume(volume);
      GatehouseImage.removeVolume(members);
    }
  }

  private static String fetch(Client user, String where) {
    return user.run(FETCH + where + ":8080/").output();
  }

  /** Whether the address can be reached by ICMP, which carries data too. */
  private static boolean pings(Client user, String where) {
    return user.run("ping -c 1 -W 2 " + where).exitCode() == 0;
  }

  /** How many addresses of elsewhere.test a resolver knows. */
  private static String ask(Client user, String resolver) {
    return user.run(
            """
            python3 -c '
            import socket
            peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            peer.settimeout(2)
            peer.connect(("%s", 53))
            peer.send(b"\\0\\1\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0\\x09elsewhere\\4test\\0\\0\\1\\0\\1")
            print("addresses:", peer.recv(512)[7])
            '
            """
                .formatted(resolver))
        .output();
  }

  private static boolean egressIsInForce(Client user) {
    // One probe at a time, and the gateway's own may be under way.
    Client.Answer answer =
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> user.get("/isolation"), tried -> tried.status() == 200);
    for (JsonNode measure : answer.json().path("measures")) {
      if (measure.path("measure").asText().equals("egress")) {
        return measure.path("in_force").asBoolean();
      }
    }
    throw new AssertionError("no measure egress");
  }

  @ParameterizedTest
  @EnumSource
  void everywhereWhereNothingIsSet(Networks networks) {
    with(
        networks,
        Map.of(),
        users -> {
          Client user = users.apply("alice-id");
          assertThat(fetch(user, "good.test")).isEqualTo("200");
          assertThat(fetch(user, "bad.test")).isEqualTo("200");
          assertThat(pings(user, "127.0.0.1")).isTrue();
          assertThat(pings(user, "good.test")).isTrue();
          assertThat(egressIsInForce(user)).isFalse();
          assertThat(users.apply("other-id").run("id").json().path("detail").asText())
              .isEqualTo("this login is refused; required for otherid, and not in force: egress");
        });
  }

  @ParameterizedTest
  @EnumSource
  void nowhereWhereTheSettingIsEmpty(Networks networks) {
    with(
        networks,
        Map.of(DOMAINS, ""),
        users -> {
          Client user = users.apply("alice-id");
          assertThat(fetch(user, "good.test")).doesNotContain("200");
          assertThat(fetch(user, GatehouseImage.ownAddress(good))).doesNotContain("200");
          assertThat(pings(user, "127.0.0.1")).isTrue();
          assertThat(pings(user, GatehouseImage.ownAddress(good))).isFalse();
          // Questions to a resolver carry data too, and do not get through either.
          assertThat(user.run("getent hosts good.test").exitCode()).isNotZero();
          assertThat(ask(user, OPEN_RESOLVER)).doesNotContainPattern("addresses: [1-9]");
          assertThat(egressIsInForce(user)).isTrue();
        });
  }

  @ParameterizedTest
  @EnumSource
  void toTheListedDomainsAndWhatIsBelowThem(Networks networks) {
    with(
        networks,
        Map.of(DOMAINS, "good.test"),
        users -> {
          Client user = users.apply("alice-id");
          assertThat(fetch(user, "good.test")).isEqualTo("200");
          assertThat(fetch(user, "sub.good.test")).isEqualTo("200");
          assertThat(fetch(user, "bad.test")).doesNotContain("200");
          assertThat(fetch(user, GatehouseImage.ownAddress(bad))).doesNotContain("200");
          assertThat(pings(user, "good.test")).isTrue();
          assertThat(pings(user, GatehouseImage.ownAddress(bad))).isFalse();
          assertThat(user.run("getent hosts bad.test").exitCode()).isNotZero();
          // Own servers work as ever.
          assertThat(
                  user.run(
                          "python3 -m http.server 8081 >/dev/null 2>&1 & sleep 1; "
                              + FETCH
                              + "127.0.0.1:8081/; kill %1")
                      .output())
              .contains("200");
          assertThat(egressIsInForce(user)).isTrue();
        });
  }

  @ParameterizedTest
  @EnumSource
  void fartherForTheMembersOfAGroup(Networks networks) {
    with(
        networks,
        Map.of(DOMAINS, "good.test", "GATEHOUSE_GROUP_DOMAINS", "@far *; @near bad.test"),
        users -> {
          Client far = users.apply("far-id");
          Client near = users.apply("near-id");
          Client other = users.apply("other-id");
          // netguard hears of a member within a second.
          for (Client member : List.of(far, near)) {
            await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(fetch(member, "bad.test")).isEqualTo("200"));
            assertThat(fetch(member, "good.test")).isEqualTo("200");
          }
          assertThat(fetch(far, GatehouseImage.ownAddress(elsewhere))).isEqualTo("200");
          assertThat(far.run("getent hosts elsewhere.test").exitCode()).isZero();
          if (networks == Networks.OWN) {
            assertThat(ask(far, "198.18.0.1")).contains("addresses: 1");
          }
          assertThat(fetch(near, GatehouseImage.ownAddress(elsewhere))).doesNotContain("200");
          // An address that others may reach stays closed for accounts that may not.
          assertThat(fetch(other, "good.test")).isEqualTo("200");
          assertThat(fetch(other, "bad.test")).doesNotContain("200");
          assertThat(fetch(other, GatehouseImage.ownAddress(bad))).doesNotContain("200");
          assertThat(ask(other, OPEN_RESOLVER)).doesNotContainPattern("addresses: [1-9]");
        });
  }

  @Test
  void startsNotWithoutNetguard() {
    String volume = "gatehouse-egress-it-" + UUID.randomUUID();
    try {
      assertThatThrownBy(
              () ->
                  GatehouseImage.start(
                          volume,
                          Map.of(
                              "OPEN_TERMINAL_API_KEY",
                              KEY,
                              "OPEN_TERMINAL_USER_ISOLATION",
                              "true",
                              DOMAINS,
                              "good.test"))
                      .stop())
          .hasStackTraceContaining("Container startup failed");
    } finally {
      GatehouseImage.removeVolume(volume);
    }
  }
}
