package io.gatehouse.gateway.http.binding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.files.Utf8Text;
import io.gatehouse.gateway.http.json.LongTextNode;
import io.gatehouse.gateway.http.problem.Place;
import io.gatehouse.gateway.http.problem.Problems;
import java.util.Optional;

/** Reads text that may be as long as the body, as its bytes. */
record Utf8TextType() implements ValueType {

  private static final TextType TEXT = new TextType();

  @Override
  public Optional<Object> read(JsonNode value, Place place, Problems problems) {
    return value instanceof LongTextNode longText
        ? Optional.of(longText.utf8())
        : TEXT.read(value, place, problems).map(text -> Utf8Text.of((String) text));
  }

  @Override
  public ObjectNode schema() {
    return TEXT.schema();
  }
}
