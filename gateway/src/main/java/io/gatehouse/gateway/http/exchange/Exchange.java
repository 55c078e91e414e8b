package io.gatehouse.gateway.http.exchange;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.auth.Caller;
import io.gatehouse.gateway.auth.User;
import io.gatehouse.gateway.chat.ChatScope;
import io.gatehouse.gateway.chat.WorkingDirectories;
import io.gatehouse.gateway.chat.Workspace;
import io.gatehouse.gateway.http.binding.RequestBinder;
import io.gatehouse.gateway.session.AccountPath;
import io.gatehouse.gateway.session.HeldBytes;
import io.gatehouse.gateway.session.Lease;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A request with its caller, and the answer to it. */
public final class Exchange {

  private static final String JSON = "application/json";

  /**
   * Bytes of the largest body that is read without a turn. Parsing it takes less than a
   * millisecond.
   */
  private static final int SMALL_BODY = 16 * 1024;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Carrier carrier;
  private final Optional<Caller> caller;
  private final Accounts accounts;
  private final WorkingDirectories directories;
  private final RequestBody body;
  private final Lease held;
  private final Turns parsing;

  /**
   * @param caller empty on public routes
   * @param largestBody the most bytes of the body
   * @param held the memory that the request holds, until it is answered
   * @param parsing the turns for parsing large bodies, which takes a processor for up to a second
   */
  public Exchange(
      Carrier carrier,
      Optional<Caller> caller,
      Accounts accounts,
      WorkingDirectories directories,
      long largestBody,
      Lease held,
      Turns parsing) {
    this.carrier = carrier;
    this.caller = caller;
    this.accounts = accounts;
    this.directories = directories;
    this.body = new RequestBody(largestBody, held);
    this.held = held;
    this.parsing = parsing;
  }

  /** Counts the memory of this request. Bytes are taken from it before they are allocated. */
  public Lease held() {
    return held;
  }

  /**
   * The caller's account. Its first use since the gateway's start provisions it as root, which
   * takes a few hundred milliseconds.
   */
  public Account openAccount() {
    return accounts.isolated() ? accounts.open(caller().requireUser()) : accounts.openSingle();
  }

  /**
   * The caller's account if there is one, without opening it. A caller with the API key who names
   * no user has none.
   */
  public Optional<Account> knownAccount() {
    return accounts.isolated() ? caller().user().flatMap(accounts::find) : accounts.findSingle();
  }

  /** Opens the account if the request names a user or all users share one account. */
  public Optional<Account> openAccountIfNamed() {
    return !accounts.isolated() || caller().user().isPresent()
        ? Optional.of(openAccount())
        : Optional.empty();
  }

  /** Opens the caller's account as the request's chat sees it. */
  public Workspace openWorkspace() {
    ChatScope scope = scope();
    return directories.workspace(scope, openAccount());
  }

  /** Opens the caller's account, and resolves a path of the request in its chat. */
  public AccountPath openPath(String path) {
    return openWorkspace().at(path);
  }

  /**
   * The user and the chat that the request belongs to. Opens no account.
   *
   * @throws RefusedException 400 if the chat's id is too long
   */
  public ChatScope scope() {
    Optional<String> chatId = header("X-Session-Id").filter(id -> !id.isEmpty());
    if (chatId.isPresent() && chatId.get().length() > ChatScope.LONGEST_CHAT_ID) {
      throw new RefusedException(
          400,
          "X-Session-Id must have at most "
              + ChatScope.LONGEST_CHAT_ID
              + " characters; it has "
              + chatId.get().length());
    }
    return new ChatScope(accounts.isolated() ? caller().requireUser().id() : userId(), chatId);
  }

  /** The authenticated caller. Every route that is not public has one. */
  public Caller caller() {
    return caller.orElseThrow(() -> new IllegalStateException("a public route has no caller"));
  }

  public String path() {
    return carrier.path();
  }

  public String pathParameter(String name) {
    return carrier.pathParameters().getOrDefault(name, "");
  }

  public <Q extends Record> Q query(Class<Q> type) {
    return RequestBinder.query(type, carrier.query(), carrier.pathParameters());
  }

  public <Q extends Record, B extends Record> RequestBinder.Bound<Q, B> request(
      Class<Q> query, Class<B> body) {
    Optional<JsonNode> tree = carrier.tree();
    if (tree.isPresent()) {
      return RequestBinder.request(
          query, carrier.query(), carrier.pathParameters(), body, tree.get());
    }
    byte[] bytes = this.body.read(carrier);
    return bytes.length <= SMALL_BODY
        ? bind(query, body, bytes)
        : parsing.run(userId(), () -> bind(query, body, bytes));
  }

  private <Q extends Record, B extends Record> RequestBinder.Bound<Q, B> bind(
      Class<Q> query, Class<B> body, byte[] bytes) {
    return RequestBinder.request(
        query, carrier.query(), carrier.pathParameters(), body, bytes, held);
  }

  /** The body as one JSON value, missing when it is empty. */
  public JsonNode tree() {
    byte[] bytes = body.read(carrier);
    return bytes.length <= SMALL_BODY
        ? RequestBinder.tree(bytes, held)
        : parsing.run(userId(), () -> RequestBinder.tree(bytes, held));
  }

  /** The same caller's request to another endpoint, whose memory counts as this one's. */
  public Exchange within(Carrier call) {
    return new Exchange(call, caller, accounts, directories, body.largest(), held, parsing);
  }

  /** Completes when nobody waits for the answer any longer; empty where that is never told. */
  public Optional<CompletableFuture<Void>> givenUp() {
    return carrier.givenUp();
  }

  /** Says what a long request is doing. It is heard where the client has asked for progress. */
  public void tell(String message) {
    carrier.tell(message);
  }

  /** The id of the caller's user; empty for callers with the API key who name no user. */
  public String userId() {
    return caller().user().map(User::id).orElse("");
  }

  public Optional<String> header(String name) {
    return carrier.header(name);
  }

  public boolean hasHeader(String name) {
    return header(name).isPresent();
  }

  /**
   * The carrier of a request that came over HTTP, for endpoints that pass the whole request on.
   *
   * @throws IllegalStateException if the request is the call of a tool; the routes of such
   *     endpoints are no operations
   */
  public HttpCarrier http() {
    return carrier
        .http()
        .orElseThrow(() -> new IllegalStateException("the call of a tool has no HTTP request"));
  }

  public boolean isHead() {
    return carrier.isHead();
  }

  /** The body as a stream. The endpoint that reads it has to limit how much it reads. */
  public InputStream bodyStream() {
    return carrier.body();
  }

  public void json(Map<String, ?> answer) throws IOException {
    bytes(JSON, MAPPER.writeValueAsBytes(answer));
  }

  public void bytes(String contentType, byte[] answer) {
    carrier.contentType(contentType);
    carrier.result(answer);
  }

  /** Sends bytes that are kept in memory until they are sent. */
  public void bytes(String contentType, HeldBytes answer) throws IOException {
    carrier.contentType(contentType);
    stream(answer.size(), answer::writeTo);
  }

  public Exchange header(String name, String value) {
    carrier.answerHeader(name, value);
    return this;
  }

  public Exchange status(int status) {
    carrier.status(status);
    return this;
  }

  /** Sets the length of the body, or, for a HEAD, the length that the body would have. */
  public void length(long length) {
    carrier.length(length);
  }

  /** Writes a body of known length as it is read. */
  public void stream(long length, BodyWriter writer) throws IOException {
    length(length);
    stream(writer);
  }

  /**
   * Writes a body as it is made; if that fails half-way, the client sees a broken answer. Nothing
   * is made for a HEAD.
   */
  public void stream(BodyWriter writer) throws IOException {
    if (isHead()) {
      // Without the flush, Jetty would say that the body has no bytes.
      new ClientStream(carrier.output()).flush();
      return;
    }
    try {
      writer.writeTo(new ClientStream(carrier.output()));
    } catch (ClientGoneException gone) {
      throw gone;
    } catch (IOException | RuntimeException failure) {
      if (carrier.isCommitted()) {
        throw new BrokenAnswerException(failure);
      }
      // The answer to the failure has another length.
      carrier.forgetLength();
      throw failure;
    }
  }

  /** Writes a JSON answer of any length as it is made. */
  public void jsonStream(JsonWriter writer) throws IOException {
    carrier.contentType(JSON);
    stream(
        out -> {
          try (JsonGenerator generator = MAPPER.createGenerator(out)) {
            writer.write(generator, out);
          }
        });
  }
}
