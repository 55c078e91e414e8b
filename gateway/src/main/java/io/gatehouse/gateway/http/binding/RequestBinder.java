package io.gatehouse.gateway.http.binding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.gatehouse.gateway.http.json.Json;
import io.gatehouse.gateway.http.problem.Place;
import io.gatehouse.gateway.http.problem.Problems;
import io.gatehouse.gateway.http.problem.ValidationException;
import io.gatehouse.gateway.session.Lease;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the records of an operation from a request, or lists everything that is wrong with the
 * request.
 *
 * <p>The records' components and annotations are the rules, and the OpenAPI document is made from
 * them too. The rules and the error texts are those of pydantic. Parameters and fields that no
 * component names are ignored, because Open WebUI sends every argument of a tool call both in the
 * query and in the body. The content type is not looked at: every body is read as JSON.
 */
public final class RequestBinder {

  private RequestBinder() {}

  /**
   * Reads a body as exactly one JSON value, missing when the body is empty.
   *
   * @param lease what is made of the body is held on
   * @throws ValidationException if it is not JSON
   */
  public static JsonNode tree(byte[] body, Lease lease) {
    return JsonBody.read(body, lease);
  }

  /** The two records that were made of one request. */
  public record Bound<Q extends Record, B extends Record>(Q parameters, B body) {}

  /**
   * Binds the parameters of the query and the path.
   *
   * @throws ValidationException with every problem
   */
  public static <Q extends Record> Q query(
      Class<Q> type, Map<String, List<String>> query, Map<String, String> path) {
    Problems problems = new Problems();
    Optional<Q> parameters = readParameters(type, query, path, problems);
    problems.throwIfAny();
    return parameters.orElseThrow();
  }

  /**
   * Binds the body.
   *
   * @param lease counts the memory of what is made from the body
   * @throws ValidationException with every problem
   */
  public static <B extends Record> B body(Class<B> type, byte[] body, Lease lease) {
    Problems problems = new Problems();
    Optional<B> bound = readBody(type, JsonBody.read(body, lease), problems);
    problems.throwIfAny();
    return bound.orElseThrow();
  }

  /**
   * Binds parameters and body together.
   *
   * @param lease counts the memory of what is made from the body
   * @throws ValidationException with every problem of both; but if the body is not JSON, with that
   *     problem alone
   */
  public static <Q extends Record, B extends Record> Bound<Q, B> request(
      Class<Q> parameters,
      Map<String, List<String>> query,
      Map<String, String> path,
      Class<B> bodyType,
      byte[] body,
      Lease lease) {
    return request(parameters, query, path, bodyType, JsonBody.read(body, lease));
  }

  /**
   * Binds parameters and a body that has been read together.
   *
   * @throws ValidationException with every problem of both
   */
  public static <Q extends Record, B extends Record> Bound<Q, B> request(
      Class<Q> parameters,
      Map<String, List<String>> query,
      Map<String, String> path,
      Class<B> bodyType,
      JsonNode json) {
    Problems problems = new Problems();
    Optional<Q> boundParameters = readParameters(parameters, query, path, problems);
    Optional<B> boundBody = readBody(bodyType, json, problems);
    problems.throwIfAny();
    return new Bound<>(boundParameters.orElseThrow(), boundBody.orElseThrow());
  }

  private static <Q extends Record> Optional<Q> readParameters(
      Class<Q> type, Map<String, List<String>> query, Map<String, String> path, Problems problems) {
    RecordType shape = RecordType.of(type);
    ObjectNode values = Json.NODES.objectNode();
    for (Field field : shape.fields()) {
      Optional<? extends JsonNode> value =
          field.inPath()
              ? Optional.ofNullable(path.get(field.name())).map(TextNode::valueOf)
              : queryValue(field, query.getOrDefault(field.name(), List.of()));
      value.ifPresent(node -> values.set(field.name(), node));
    }
    return shape.read(values, Place.QUERY, problems).map(type::cast);
  }

  /**
   * Returns the value of a parameter; empty if it is left out. For a parameter that they leave out,
   * models write {@code null}, or an empty text if it is a number.
   */
  private static Optional<? extends JsonNode> queryValue(Field field, List<String> sent) {
    List<String> values = sent.stream().filter(value -> !value.equalsIgnoreCase("null")).toList();
    if (values.isEmpty()) {
      return Optional.empty();
    }
    if (field.type() instanceof ListType) {
      return listValue(values);
    }
    String last = values.getLast();
    boolean isNone = last.isEmpty() && field.type().isNumber() && !field.presence().isRequired();
    return isNone ? Optional.empty() : Optional.of(TextNode.valueOf(last));
  }

  /**
   * The values of a list. An empty list that is written out counts as if the parameter were absent.
   */
  private static Optional<ArrayNode> listValue(List<String> values) {
    List<String> items =
        values.size() == 1 ? WrittenList.parse(values.getFirst()).orElse(values) : values;
    ArrayNode list = Json.NODES.arrayNode();
    items.forEach(list::add);
    return Optional.of(list).filter(all -> !all.isEmpty());
  }

  private static <B extends Record> Optional<B> readBody(
      Class<B> type, JsonNode body, Problems problems) {
    if (body.isMissingNode()) {
      problems.add("missing", Place.BODY, "Field required", Json.NODES.nullNode());
      return Optional.empty();
    }
    return RecordType.of(type).read(body, Place.BODY, problems).map(type::cast);
  }
}
