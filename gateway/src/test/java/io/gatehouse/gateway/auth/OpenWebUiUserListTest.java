package io.gatehouse.gateway.auth;

import static io.gatehouse.gateway.auth.TokenServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gatehouse.gateway.auth.UserList.Listed;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class OpenWebUiUserListTest {

  private static final String KEY = "sk-secret-of-an-admin";

  private TokenServer server;

  @BeforeEach
  void start() throws IOException {
    server = new TokenServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static String someone(String id, String role) {
    return """
    {"id": "%s", "email": "%s@example.org", "role": "%s", "name": "\\u0022id\\u0022: 1", "info": {"id": "other", "role": "admin"},
     "profile_image_url": "/user.png", "settings": {"ui": {"role": ["admin"]}}, "group_ids": ["x"], "last_active_at": 1}
    """
        .formatted(id, id, role);
  }

  private static String page(List<String> users, int total) {
    return "{\"users\": [" + String.join(",", users) + "], \"total\": " + total + "}";
  }

  /** Answers each page by its number. */
  private void pages(IntFunction<TokenServer.Answer> answer) {
    server.answer(
        KEY,
        exchange -> {
          String query = exchange.getRequestURI().getQuery();
          int number = Integer.parseInt(query.replaceFirst(".*page=", ""));
          answer.apply(number).write(exchange);
        });
  }

  private Map<String, Listed> read(Duration limit) {
    try (OpenWebUiUserList list =
        new OpenWebUiUserList(server.url(), new BearerToken(KEY), limit)) {
      return list.read();
    }
  }

  private String odd() {
    return odd(Duration.ofSeconds(20));
  }

  private String odd(Duration limit) {
    UserListException failure = catchThrowableOfType(UserListException.class, () -> read(limit));
    assertThat(failure).isNotNull().hasNoCause();
    assertThat(failure.getMessage()).doesNotContain(KEY).doesNotContain("example.org");
    return String.valueOf(failure.getMessage());
  }

  @Test
  void readsAllPages() {
    List<String> all = new ArrayList<>(List.of(someone("root", "admin")));
    for (int i = 1; i < 70; i++) {
      all.add(someone("u" + i, i % 10 == 0 ? "pending" : i == 5 ? "guest" : "user"));
    }
    pages(
        number -> {
          List<String> some = all.subList((number - 1) * 30, Math.min(number * 30, 70));
          return json(200, page(some, 70));
        });

    Map<String, Listed> users = read(Duration.ofSeconds(20));

    assertThat(users).hasSize(70).containsEntry("root", Listed.ACTIVE);
    assertThat(users).containsEntry("u20", Listed.PENDING).containsEntry("u5", Listed.OTHER);
    assertThat(server.seen()).hasSize(3);
    assertThat(server.seen().getFirst().uri())
        .isEqualTo("/api/v1/users/?order_by=email&direction=asc&page=1");
    assertThat(server.seen().getFirst().authorization()).isEqualTo("Bearer " + KEY);
  }

  @Test
  void skipsPicturesWhateverTheirSize() {
    String picture = "\"profile_image_url\": \"data:" + "x".repeat(8_000_000) + "\"";
    String user =
        someone("alice", "user").replaceFirst("\"profile_image_url\": \"[^\"]*\"", "\"a\":1");
    pages(
        number ->
            json(
                200, page(List.of(someone("root", "admin"), user.replace("\"a\":1", picture)), 2)));

    assertThat(read(Duration.ofSeconds(20))).containsOnlyKeys("root", "alice");
  }

  @Test
  void aListThatIsNotCompleteIsOdd() {
    pages(
        number -> json(200, page(number == 1 ? List.of(someone("root", "admin")) : List.of(), 2)));
    assertThat(odd()).isEqualTo("the list has 1 users and says that there are 2");

    pages(number -> json(200, page(List.of(), 0)));
    assertThat(odd())
        .isEqualTo("the list has no administrator, although the key must be an administrator's");

    pages(number -> json(200, page(List.of(someone("alice", "user")), 1)));
    assertThat(odd())
        .isEqualTo("the list has no administrator, although the key must be an administrator's");

    // The list has more users than its total says.
    pages(
        number -> json(200, page(List.of(someone("root", "admin"), someone("alice", "user")), 1)));
    assertThat(odd()).isEqualTo("the list has 2 users and says that there are 1");
  }

  @Test
  void aListThatChangesWhileItIsReadIsOdd() {
    pages(number -> json(200, page(List.of(someone("u" + number, "admin")), number == 1 ? 3 : 2)));
    assertThat(odd()).isEqualTo("the list changed while it was read");

    pages(number -> json(200, page(List.of(someone("root", "admin")), 2)));
    assertThat(odd()).isEqualTo("a user is in the list twice, so other users may be missing");
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 301, 307, 401, 403, 404, 429, 500, 502})
  void everyOtherStatusIsOdd(int status) {
    pages(
        number ->
            exchange -> {
              exchange.getResponseHeaders().add("Location", "/elsewhere");
              json(status, status == 204 ? "" : page(List.of(someone("root", "admin")), 1))
                  .write(exchange);
            });
    assertThat(odd()).startsWith("Open WebUI answers page 1 with status " + status);
    assertThat(server.seen()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''",
        "<html>",
        "[]",
        "{}",
        "null",
        "{\"users\": [], \"total\": \"0\"}",
        "{\"users\": null, \"total\": 1}",
        "{\"total\": 1}",
        "{\"users\": [{\"id\": \"a\"}], \"total\": 1}",
        "{\"users\": [{\"id\": \"a b\", \"role\": \"user\"}], \"total\": 1}",
        "{\"users\": [{\"id\": 7, \"role\": \"user\"}], \"total\": 1}",
        "{\"users\": [{\"id\": \"a\", \"id\": \"b\", \"role\": \"admin\"}], \"total\": 1}",
        "{\"users\": [{\"id\": \"a\", \"role\": \"admin\"}, 1], \"total\": 1}",
        "{\"users\": [{\"id\": \"a\", \"role\": \"admin\"}], \"total\": 1} more",
        "{\"users\": [{\"id\": \"a\", \"role\": \"admin\"}], \"total\": 1",
        "{\"users\": [{\"id\": \"a\", \"role\": \"admin\"}], \"total\": -1}",
      })
  void whatIsNoListIsOdd(String body) {
    pages(number -> json(200, body == null ? "" : body));
    assertThat(odd()).startsWith("page 1 ");
  }

  @Test
  void aPageWithoutEndIsOdd() {
    pages(
        number ->
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              byte[] blanks =
                  " ".repeat(65_536).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
              try (OutputStream body = exchange.getResponseBody()) {
                while (true) {
                  body.write(blanks);
                }
              } catch (IOException hungUp) {
                // The client has closed the connection, as it should.
              }
            });
    assertThat(odd()).isEqualTo("a page of the list must have at most 67108864 bytes");
  }

  @Test
  void aPageThatStallsIsOdd() throws InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    pages(
        number ->
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              exchange.getResponseBody().write('{');
              exchange.getResponseBody().flush();
              try {
                assertThat(over.await(30, TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException interruption) {
                Thread.currentThread().interrupt();
              }
            });
    assertThat(odd(Duration.ofSeconds(1))).isEqualTo("page 1 did not come in time");
    over.countDown();
  }

  @Test
  void pagesWithoutEndAreOdd() {
    pages(number -> json(200, page(List.of(someone("u" + number, "admin")), 1_000_000)));
    assertThat(odd()).isEqualTo("the list has more than 2000 pages");
    assertThat(server.seen()).hasSize(OpenWebUiUserList.MOST_PAGES);
  }
}
