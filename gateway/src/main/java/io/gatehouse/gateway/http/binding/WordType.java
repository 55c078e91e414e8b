package io.gatehouse.gateway.http.binding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.http.problem.Place;
import io.gatehouse.gateway.http.problem.Problems;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads one of a few words: the constants of an enum, in lower case.
 *
 * @param words the constants, in the order of the enum
 */
record WordType(List<Enum<?>> words) implements ValueType {

  private static final TextType TEXT = new TextType();

  static WordType of(Class<?> type) {
    return new WordType(Stream.of(type.getEnumConstants()).<Enum<?>>map(Enum.class::cast).toList());
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Optional<Object> read(JsonNode value, Place place, Problems problems) {
    Optional<Object> text = TEXT.read(value, place, problems);
    Optional<Object> constant =
        text.flatMap(sent -> words.stream().filter(each -> word(each).equals(sent)).findFirst());
    if (text.isPresent() && constant.isEmpty()) {
      String all = String.join("', '", words.stream().map(WordType::word).toList());
      problems.add("literal_error", place, "Input should be one of '" + all + "'", value);
    }
    return constant;
  }

  @Override
  public ObjectNode schema() {
    ObjectNode schema = TEXT.schema();
    ArrayNode all = schema.putArray("enum");
    words.forEach(each -> all.add(word(each)));
    return schema;
  }
}
