package io.gatehouse.gateway.http.exchange;

import com.fasterxml.jackson.core.JsonGenerator;
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
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;

/** An HTTP request with its caller, and the answer to it. */
public final class Exchange {

  private static final String JSON = "application/json";

  /**
   * Bytes of the largest body that is read without a turn. Parsing it takes less than a
   * millisecond.
   */
  private static final int SMALL_BODY = 16 * 1024;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Context context;
  private final Optional<Caller> caller;
  private final Accounts accounts;
  private final WorkingDirectories directories;
  private final long largestBody;
  private final Lease held;
  private final Turns parsing;

  /**
   * @param caller empty on public routes
   * @param largestBody bytes that the body may have at most
   * @param held the memory that the request holds, until it is answered
   * @param parsing for large bodies, which take a processor for up to a second
   */
  public Exchange(
      Context context,
      Optional<Caller> caller,
      Accounts accounts,
      WorkingDirectories directories,
      long largestBody,
      Lease held,
      Turns parsing) {
    this.context = context;
    this.caller = caller;
    this.accounts = accounts;
    this.directories = directories;
    this.largestBody = largestBody;
    this.held = held;
    this.parsing = parsing;
  }

  /** Counts the memory of this request. Bytes are taken from it before they are allocated. */
  public Lease held() {
    return held;
  }

  /**
   * The caller's account. Its first use since the gateway's start provisions it as root, which
   * takes some hundred milliseconds.
   */
  public Account openAccount() {
    return accounts.isolated() ? accounts.open(caller().requireUser()) : accounts.openSingle();
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

  /** Opens the caller's account and says what a path of the request means in its chat. */
  public AccountPath openPath(String path) {
    return openWorkspace().at(path);
  }

  /**
   * The user and the chat that the request belongs to. Opens no account.
   *
   * @throws RefusedException 400 if the chat's id is too long
   */
  public ChatScope scope() {
    Optional<String> chatId =
        Optional.ofNullable(context.header("X-Session-Id")).filter(id -> !id.isEmpty());
    if (chatId.isPresent() && chatId.get().length() > ChatScope.LONGEST_CHAT_ID) {
      throw new RefusedException(
          400,
          "X-Session-Id has "
              + chatId.get().length()
              + " characters; the id of a chat has at most "
              + ChatScope.LONGEST_CHAT_ID);
    }
    return new ChatScope(accounts.isolated() ? caller().requireUser().id() : userId(), chatId);
  }

  /** The authenticated caller. Every route that is not public has one. */
  public Caller caller() {
    return caller.orElseThrow(() -> new IllegalStateException("a public route has no caller"));
  }

  public String path() {
    return context.path();
  }

  public String pathParameter(String name) {
    return context.pathParam(name);
  }

  public <Q extends Record> Q query(Class<Q> type) {
    return RequestBinder.query(type, context.queryParamMap(), context.pathParamMap());
  }

  public <Q extends Record, B extends Record> RequestBinder.Bound<Q, B> request(
      Class<Q> query, Class<B> body) {
    byte[] bytes = body();
    return bytes.length <= SMALL_BODY
        ? bind(query, body, bytes)
        : parsing.run(userId(), () -> bind(query, body, bytes));
  }

  private <Q extends Record, B extends Record> RequestBinder.Bound<Q, B> bind(
      Class<Q> query, Class<B> body, byte[] bytes) {
    return RequestBinder.request(
        query, context.queryParamMap(), context.pathParamMap(), body, bytes, held);
  }

  /** The id of the caller's user; empty for callers with the API key who name no user. */
  public String userId() {
    return caller().user().map(User::id).orElse("");
  }

  /** A header of the request, without regard to case. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(context.header(name));
  }

  public boolean hasHeader(String name) {
    return context.header(name) != null;
  }

  public boolean isHead() {
    return context.method().equals(HandlerType.HEAD);
  }

  /** The body as it comes in. The endpoint that reads it has to bound what it reads. */
  public InputStream bodyStream() {
    return context.bodyInputStream();
  }

  private byte[] body() {
    long length = context.req().getContentLengthLong();
    if (length > largestBody) {
      throw tooLarge();
    }
    try (InputStream body = context.bodyInputStream()) {
      return length < 0 ? unmeasured(body) : measured(body, (int) length);
    } catch (IOException failure) {
      throw new RefusedException(
          400, "the request's body is shorter than its Content-Length says; send all of it");
    }
  }

  private byte[] measured(InputStream body, int length) throws IOException {
    held.take(length);
    byte[] bytes = new byte[length];
    if (body.readNBytes(bytes, 0, length) < length) {
      throw new EOFException();
    }
    return bytes;
  }

  /** Reads a body that comes in chunks. For a moment its bytes are in memory twice. */
  private byte[] unmeasured(InputStream body) throws IOException {
    long before = held.held();
    HeldBytes bytes = HeldBytes.read(body, largestBody + 1, held);
    long pieces = held.held() - before;
    if (bytes.size() > largestBody) {
      throw tooLarge();
    }
    held.take(bytes.size());
    byte[] all = bytes.toArray();
    held.giveBack(pieces);
    return all;
  }

  private RefusedException tooLarge() {
    return new RefusedException(413, "a request's body has at most " + largestBody + " bytes");
  }

  public void json(Map<String, ?> answer) throws IOException {
    bytes(JSON, MAPPER.writeValueAsBytes(answer));
  }

  public void bytes(String contentType, byte[] answer) {
    context.contentType(contentType).result(answer);
  }

  /** Sends bytes while they are held. */
  public void bytes(String contentType, HeldBytes answer) throws IOException {
    context.contentType(contentType);
    stream(answer.size(), answer::writeTo);
  }

  public Exchange header(String name, String value) {
    context.header(name, value);
    return this;
  }

  public Exchange status(int status) {
    context.status(status);
    return this;
  }

  /** Says how long the body is, or would be. */
  public void length(long length) {
    context.res().setContentLengthLong(length);
  }

  /** Writes a body. */
  @FunctionalInterface
  public interface BodyWriter {
    void writeTo(OutputStream out) throws IOException;
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
      // Without the flush, Jetty says that the body has no bytes.
      new ClientStream(context.res().getOutputStream()).flush();
      return;
    }
    try {
      writer.writeTo(new ClientStream(context.res().getOutputStream()));
    } catch (ClientGoneException gone) {
      throw gone;
    } catch (IOException | RuntimeException failure) {
      if (context.res().isCommitted()) {
        throw new BrokenAnswerException(failure);
      }
      // The answer to the failure has another length.
      context.res().setHeader("Content-Length", null);
      throw failure;
    }
  }

  /** Writes a JSON answer of any length as it is made. */
  public void jsonStream(JsonWriter writer) throws IOException {
    context.contentType(JSON);
    stream(
        out -> {
          try (JsonGenerator generator = MAPPER.createGenerator(out)) {
            writer.write(generator, out);
          }
        });
  }

  /** Writes an answer; what goes straight to the stream needs a flush of the generator before. */
  @FunctionalInterface
  public interface JsonWriter {
    void write(JsonGenerator generator, OutputStream out) throws IOException;
  }
}
