package io.gatehouse.gateway.openwebui;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A server with OpenAI's API whose model does what the user's message says.
 *
 * <p>The first line of a message is {@code question NUMBER}. Each line {@code call NAME
 * {"argument": …}} is one tool call, made when the one before has its result. Then, and to a
 * message without such lines, the model answers {@code answer NUMBER}.
 */
final class ToolCallingModel implements AutoCloseable {

  static final String NAME = "tool-caller";

  private static final Duration ANSWER_LIMIT = Duration.ofMinutes(1);
  private static final Pattern QUESTION = Pattern.compile("question (\\d+)");

  private static final Pattern CALL =
      Pattern.compile("^call (\\w+) (\\{.*})\\s*$", Pattern.MULTILINE);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final AtomicInteger questions = new AtomicInteger();
  private final Map<String, Answered> answered = new ConcurrentHashMap<>();

  /**
   * How a question was answered.
   *
   * @param messages all that Open WebUI sent to the model at the end, as JSON
   * @param tools the names of the tools that it offered
   * @param results what the tools returned, in the order of the calls
   */
  record Answered(JsonNode messages, List<String> tools, List<String> results) {}

  private ToolCallingModel() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/v1/models", ToolCallingModel::models);
    server.createContext("/v1/chat/completions", this::complete);
    server.start();
  }

  static ToolCallingModel start() {
    try {
      return new ToolCallingModel();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** A message that asks for this, to be found again by {@link #answerTo}. */
  String nextQuestion() {
    return "question " + questions.incrementAndGet();
  }

  /** The text that the model answers at the end of its work on a question. */
  static String answerTo(String question) {
    return question.replace("question", "answer");
  }

  /** The record of this question, which must have been answered already. */
  Answered answered(String question) {
    return Objects.requireNonNull(answered.get(question), question);
  }

  /** The same for a question that nobody waits for on a page. */
  Answered awaitAnswer(String question) throws InterruptedException {
    long deadline = System.nanoTime() + ANSWER_LIMIT.toNanos();
    while (!answered.containsKey(question) && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return answered(question);
  }

  private static void models(HttpExchange exchange) throws IOException {
    ObjectNode answer = JSON.createObjectNode().put("object", "list");
    answer
        .putArray("data")
        .addObject()
        .put("id", NAME)
        .put("object", "model")
        .put("owned_by", "test");
    answer(exchange, "application/json", answer.toString());
  }

  private void complete(HttpExchange exchange) throws IOException {
    JsonNode request = JSON.readTree(exchange.getRequestBody());
    ObjectNode message = reply(request);
    String finish = message.has("tool_calls") ? "tool_calls" : "stop";
    if (request.path("stream").asBoolean()) {
      answer(
          exchange,
          "text/event-stream",
          chunk("delta", message, null)
              + chunk("delta", JSON.createObjectNode(), finish)
              + "data: [DONE]\n\n");
    } else {
      answer(
          exchange,
          "application/json",
          completion("chat.completion", "message", message, finish).toString());
    }
  }

  private static String chunk(String name, ObjectNode part, @Nullable String finish) {
    return "data: " + completion("chat.completion.chunk", name, part, finish) + "\n\n";
  }

  private static ObjectNode completion(
      String object, String name, ObjectNode part, @Nullable String finish) {
    ObjectNode completion = JSON.createObjectNode();
    completion.put("id", "completion").put("object", object).put("created", 1).put("model", NAME);
    ObjectNode choice = completion.putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", finish).set(name, part);
    return completion;
  }

  private ObjectNode reply(JsonNode request) {
    JsonNode messages = request.path("messages");
    String asked = "";
    List<String> results = new ArrayList<>();
    for (JsonNode message : messages) {
      String text = text(message.path("content"));
      switch (message.path("role").asText()) {
        case "user" -> {
          asked = text;
          results.clear();
        }
        case "tool" -> results.add(text);
        default -> {
          // The system's words and the model's own.
        }
      }
    }
    ObjectNode reply = JSON.createObjectNode().put("role", "assistant");
    Matcher call = CALL.matcher(asked);
    for (int made = 0; call.find(); made++) {
      if (made == results.size()) {
        ObjectNode tool = reply.putArray("tool_calls").addObject();
        tool.put("index", 0).put("id", "call-" + System.nanoTime()).put("type", "function");
        tool.putObject("function").put("name", call.group(1)).put("arguments", call.group(2));
        return reply;
      }
    }
    Matcher question = QUESTION.matcher(asked);
    String name = question.find() ? question.group() : "question 0";
    List<String> tools = new ArrayList<>();
    request.path("tools").forEach(tool -> tools.add(tool.path("function").path("name").asText()));
    answered.put(name, new Answered(messages, List.copyOf(tools), List.copyOf(results)));
    return reply.put("content", answerTo(name));
  }

  /** A message's content is its text, or a list of parts. */
  private static String text(JsonNode content) {
    if (content.isTextual()) {
      return content.asText();
    }
    StringBuilder text = new StringBuilder();
    content.forEach(part -> text.append(part.path("text").asText()).append('\n'));
    return text.toString();
  }

  private static void answer(HttpExchange exchange, String type, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", type);
    try (exchange) {
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
