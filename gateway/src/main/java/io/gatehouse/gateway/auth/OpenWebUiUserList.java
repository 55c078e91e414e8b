package io.gatehouse.gateway.auth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads Open WebUI's list of users with the API key of one of its administrators.
 *
 * <p>{@code GET /api/v1/users/} answers with a page of thirty users and the number of all users.
 * The list is relied on only if every page was read, every page says the same number, no user is in
 * the list twice, the list has exactly that number of users, and one of them is an administrator,
 * as the owner of the key must be. The list is sorted by mail address, because other orders do not
 * fix the places of users with equal values.
 */
public final class OpenWebUiUserList implements UserList, AutoCloseable {

  /**
   * The most pages of a list. They have sixty thousand users, which is more than there are uids.
   */
  static final int MOST_PAGES = 2_000;

  /**
   * The most bytes of a page. A page includes the users' pictures, and users decide how large these
   * are.
   */
  static final long LARGEST_PAGE = 64L * 1024 * 1024;

  private static final int OK = 200;
  private static final String PATH = "/api/v1/users/?order_by=email&direction=asc&page=";

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final URI openWebUiUrl;
  private final BearerToken key;
  private final Duration pageLimit;
  private final HttpClient client;
  private final ExecutorService executor =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("open-webui-users-", 0).factory());

  /**
   * Makes the client; connects to nothing yet.
   *
   * @param key the API key of an administrator
   * @param pageLimit the longest time that one page takes, whatever the server does
   */
  public OpenWebUiUserList(URI openWebUiUrl, BearerToken key, Duration pageLimit) {
    this.openWebUiUrl = openWebUiUrl;
    this.key = key;
    this.pageLimit = pageLimit;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(pageLimit)
            .executor(executor)
            .build();
  }

  /** The users of the pages that were read so far. */
  private static final class Collected {
    private final Map<String, Listed> users = new HashMap<>();
    private long total = -1;
    private boolean administrator;
  }

  @Override
  public Map<String, Listed> read() {
    Collected collected = new Collected();
    for (int page = 1; page <= MOST_PAGES; page++) {
      int before = collected.users.size();
      readPage(page, collected);
      if (collected.users.size() == collected.total) {
        if (!collected.administrator) {
          throw new UserListException(
              "the list has no administrator, although the key must be an administrator's");
        }
        return Map.copyOf(collected.users);
      }
      if (collected.users.size() == before || collected.users.size() > collected.total) {
        throw new UserListException(
            "the list has "
                + collected.users.size()
                + " users and says that there are "
                + collected.total);
      }
    }
    throw new UserListException("the list has more than " + MOST_PAGES + " pages");
  }

  private void readPage(int page, Collected collected) {
    Future<?> reading = executor.submit(() -> exchange(page, collected));
    try {
      reading.get(pageLimit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException slow) {
      throw new UserListException("page " + page + " did not come in time");
    } catch (ExecutionException failed) {
      // The cause and its message are left out, because the exceptions of the client and the parser
      // quote what they read.
      throw failed.getCause() instanceof UserListException known
          ? new UserListException(String.valueOf(known.getMessage()))
          : new UserListException(
              "page " + page + " cannot be read (" + nameOf(failed.getCause()) + ")");
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new UserListException("reading the list was interrupted");
    } finally {
      // Interrupts a read that was given up; a read that has ended is not affected.
      reading.cancel(true);
    }
  }

  private static String nameOf(@Nullable Throwable cause) {
    return cause == null ? "unknown" : cause.getClass().getSimpleName();
  }

  private @Nullable Void exchange(int page, Collected collected)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(openWebUiUrl + PATH + page))
            .header("Authorization", "Bearer " + key.value())
            .header("Accept", "application/json")
            .timeout(pageLimit)
            .GET()
            .build();
    HttpResponse<InputStream> answer = client.send(request, BodyHandlers.ofInputStream());
    try (InputStream body = new Bounded(answer.body())) {
      if (answer.statusCode() != OK) {
        throw new UserListException(
            "Open WebUI answers page "
                + page
                + " with status "
                + answer.statusCode()
                + "; GATEHOUSE_OPENWEBUI_ADMIN_KEY must be the key of an administrator, and API"
                + " keys must be allowed in Open WebUI");
      }
      parse(body, page, collected);
    }
    return null;
  }

  private static void parse(InputStream body, int page, Collected collected) throws IOException {
    try (JsonParser json = JSON.createParser(body)) {
      long total = -1;
      boolean listed = false;
      require(json.nextToken() == JsonToken.START_OBJECT, page);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        JsonToken value = json.nextToken();
        if (field.equals("users") && value == JsonToken.START_ARRAY) {
          listed = true;
          while (json.nextToken() == JsonToken.START_OBJECT) {
            parseUser(json, page, collected);
          }
          require(json.currentToken() == JsonToken.END_ARRAY, page);
        } else if (field.equals("total") && value == JsonToken.VALUE_NUMBER_INT) {
          total = json.getLongValue();
        } else {
          json.skipChildren();
        }
      }
      require(json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null, page);
      require(listed && total >= 0, page);
      if (collected.total >= 0 && collected.total != total) {
        throw new UserListException("the list changed while it was read");
      }
      collected.total = total;
    }
  }

  private static void parseUser(JsonParser json, int page, Collected collected) throws IOException {
    String id = "";
    String role = "";
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      boolean text = json.nextToken() == JsonToken.VALUE_STRING;
      if (field.equals("id") && text) {
        id = json.getText();
      } else if (field.equals("role") && text) {
        role = json.getText();
      } else {
        json.skipChildren();
      }
    }
    require(User.isValidId(id) && !role.isEmpty(), page);
    if (collected.users.put(id, listed(role)) != null) {
      throw new UserListException("a user is in the list twice, so other users may be missing");
    }
    collected.administrator |= role.equals("admin");
  }

  private static Listed listed(String role) {
    return switch (role) {
      case "user", "admin" -> Listed.ACTIVE;
      case "pending" -> Listed.PENDING;
      default -> Listed.OTHER;
    };
  }

  private static void require(boolean asExpected, int page) {
    if (!asExpected) {
      throw new UserListException(
          "page " + page + " must be a list of users; check OPEN_TERMINAL_OWUI_URL");
    }
  }

  /** Ends a reading that is under way. */
  @Override
  public void close() {
    client.shutdownNow();
    executor.shutdownNow();
  }

  /** Fails if a page is longer than its limit. Parts of a page that are skipped take no memory. */
  private static final class Bounded extends FilterInputStream {

    private long left = LARGEST_PAGE;

    private Bounded(InputStream body) {
      super(body);
    }

    @Override
    public int read() throws IOException {
      return counted(super.read(), 1);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      return counted(count, count);
    }

    private int counted(int result, int count) {
      if (result >= 0) {
        left -= count;
      }
      if (left < 0) {
        throw new UserListException(
            "a page of the list must have at most " + LARGEST_PAGE + " bytes");
      }
      return result;
    }
  }
}
