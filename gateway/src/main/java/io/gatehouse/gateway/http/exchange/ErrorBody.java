package io.gatehouse.gateway.http.exchange;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.gatehouse.gateway.http.json.Json;
import io.gatehouse.gateway.http.problem.ValidationException;

/** Makes the bodies of error answers in the shapes that Open WebUI reads. */
public final class ErrorBody {

  private ErrorBody() {}

  /** {@code {"detail": "..."}}, the shape of nearly every refusal. */
  static byte[] detail(String detail) {
    return single("detail", detail);
  }

  /** {@code {"error": "..."}}, the shape of a refused terminal. */
  static byte[] error(String error) {
    return single("error", error);
  }

  /** {@code {"detail": [{...}]}}, one entry per problem of a request, for a 422. */
  public static byte[] problems(ValidationException failure) {
    ArrayNode entries = Json.NODES.arrayNode();
    failure.problems().forEach(problem -> entries.add(problem.toJson()));
    return Json.bytes(Json.NODES.objectNode().set("detail", entries));
  }

  private static byte[] single(String key, String text) {
    return Json.bytes(Json.NODES.objectNode().put(key, Json.wellFormed(text)));
  }
}
