package io.gatehouse.gateway.http.binding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.http.problem.Place;
import io.gatehouse.gateway.http.problem.Problems;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads finite decimal numbers. */
record DecimalType(Bounds bounds) implements ValueType {

  // Java's own reader also takes hexadecimal numbers and "1d", and no underscores.
  private static final Pattern TEXT =
      Pattern.compile(
          "[+-]?(?:(?:D(?:\\.(?:D)?)?|\\.D)(?:[eE][+-]?D)?|inf(?:inity)?|nan)"
              .replace("D", "[0-9]+(?:_[0-9]+)*"),
          Pattern.CASE_INSENSITIVE);
  private static final int LONGEST_TEXT = 100;

  @Override
  public Optional<Object> read(JsonNode value, Place place, Problems problems) {
    Optional<Double> number =
        switch (value.getNodeType()) {
          case STRING -> ofText(value, place, problems);
          case NUMBER -> Optional.of(value.doubleValue());
          case BOOLEAN -> Optional.of(value.booleanValue() ? 1.0 : 0.0);
          default -> {
            problems.add("float_type", place, "Input should be a valid number", value);
            yield Optional.empty();
          }
        };
    return number
        .filter(decimal -> bounds.admits(decimal, value, place, problems))
        .filter(decimal -> isFinite(decimal, value, place, problems))
        .map(Object.class::cast);
  }

  private static Optional<Double> ofText(JsonNode value, Place place, Problems problems) {
    String text = value.textValue().strip();
    if (text.length() > LONGEST_TEXT || !TEXT.matcher(text).matches()) {
      problems.add(
          "float_parsing",
          place,
          "Input should be a valid number, unable to parse string as a number",
          value);
      return Optional.empty();
    }
    char last = text.charAt(text.length() - 1);
    if (Character.isLetter(last)) {
      // inf, infinity or nan: the only forms that end in a letter, and never wanted.
      boolean isInfinite = text.toLowerCase(Locale.ROOT).contains("inf");
      double infinity = text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      return Optional.of(isInfinite ? infinity : Double.NaN);
    }
    return Optional.of(Double.parseDouble(text.replace("_", "")));
  }

  private static boolean isFinite(double number, JsonNode value, Place place, Problems problems) {
    if (Double.isFinite(number)) {
      return true;
    }
    problems.add("finite_number", place, "Input should be a finite number", value);
    return false;
  }

  @Override
  public ObjectNode schema() {
    return bounds.schema("number");
  }

  @Override
  public boolean isNumber() {
    return true;
  }
}
