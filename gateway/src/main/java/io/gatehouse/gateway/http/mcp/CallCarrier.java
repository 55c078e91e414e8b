package io.gatehouse.gateway.http.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.http.binding.Field;
import io.gatehouse.gateway.http.binding.RecordType;
import io.gatehouse.gateway.http.exchange.Carrier;
import io.gatehouse.gateway.http.exchange.Exchange;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Carries the call of a tool to the operation's endpoint, and keeps the answer.
 *
 * <p>The arguments are one flat object. What the operation takes from its path and its query is
 * picked out of it; the object itself is the body, of which the endpoint takes what it knows.
 */
final class CallCarrier implements Carrier {

  /** The one header that an operation needs: the chat. Others speak of the MCP message. */
  private static final String CHAT = "X-Session-Id";

  private final String path;
  private final JsonNode arguments;
  private final Exchange outer;
  private final RunningCall call;
  private final Map<String, String> pathParameters = new HashMap<>();
  private final Map<String, List<String>> query = new HashMap<>();
  private final HeldOutput output;
  private int status = 200;
  private String contentType = "";

  /**
   * @param arguments an object
   * @param outer the request that has the call
   */
  CallCarrier(Tool tool, JsonNode arguments, Exchange outer, RunningCall call) {
    this.path = tool.operation().path();
    this.arguments = arguments;
    this.outer = outer;
    this.call = call;
    this.output = new HeldOutput(outer.held());
    for (Field field : RecordType.of(tool.operation().parameters()).fields()) {
      JsonNode value = arguments.path(field.name());
      if (value.isMissingNode() || value.isNull()) {
        continue;
      }
      if (field.inPath()) {
        pathParameters.put(field.name(), text(value));
      } else {
        query.put(field.name(), texts(value));
      }
    }
  }

  private static List<String> texts(JsonNode value) {
    if (!value.isArray()) {
      return List.of(text(value));
    }
    List<String> texts = new ArrayList<>();
    value.forEach(item -> texts.add(text(item)));
    return texts;
  }

  private static String text(JsonNode value) {
    return value.isContainerNode() ? value.toString() : value.asText();
  }

  @Override
  public boolean isHead() {
    return false;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public Optional<String> header(String name) {
    return name.equalsIgnoreCase(CHAT) ? outer.header(CHAT) : Optional.empty();
  }

  @Override
  public Map<String, String> pathParameters() {
    return pathParameters;
  }

  @Override
  public Map<String, List<String>> query() {
    return query;
  }

  @Override
  public long contentLength() {
    return 0;
  }

  @Override
  public InputStream body() {
    return InputStream.nullInputStream();
  }

  @Override
  public Optional<JsonNode> tree() {
    return Optional.of(arguments);
  }

  @Override
  public Optional<CompletableFuture<Void>> givenUp() {
    return Optional.of(call.givenUp());
  }

  @Override
  public void tell(String message) {
    call.tell(message);
  }

  @Override
  public void status(int number) {
    status = number;
  }

  @Override
  public void answerHeader(String name, String value) {
    if (name.equalsIgnoreCase("Content-Type")) {
      contentType = value;
    }
  }

  @Override
  public void contentType(String type) {
    contentType = type;
  }

  @Override
  public void length(long unused) {
    // The answer is kept, so its length is known in the end.
  }

  @Override
  public void forgetLength() {
    // As above.
  }

  @Override
  public void result(byte[] answer) {
    output.write(answer, 0, answer.length);
  }

  @Override
  public OutputStream output() {
    return output;
  }

  @Override
  public boolean isCommitted() {
    return false;
  }

  /** Makes the answer that of a failure. */
  void fail(int number, byte[] body) {
    output.reset();
    status = number;
    contentType = "application/json";
    result(body);
  }

  int status() {
    return status;
  }

  /** The media type of the answer, without parameters. */
  String mediaType() {
    int end = contentType.indexOf(';');
    return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  /** The URI of the file that the call names. */
  String fileUri() {
    return HomeResources.uri(outer.openPath(arguments.path("path").asText()).path());
  }

  HeldOutput answer() {
    return output;
  }
}
