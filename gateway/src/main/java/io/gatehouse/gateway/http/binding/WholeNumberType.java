package io.gatehouse.gateway.http.binding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.http.problem.Place;
import io.gatehouse.gateway.http.problem.Problems;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads whole numbers.
 *
 * <p>A number beyond what the component can hold is read as the largest (or smallest) that it can:
 * {@code tail=99999999999} asks for all there is, as it does of Open Terminal.
 *
 * @param width the Java type to make
 * @param bounds what the caller may send
 */
record WholeNumberType(Width width, Bounds bounds) implements ValueType {

  enum Width {
    INT(Integer.MIN_VALUE, Integer.MAX_VALUE),
    LONG(Long.MIN_VALUE, Long.MAX_VALUE);

    private final BigInteger smallest;
    private final BigInteger largest;

    Width(long smallest, long largest) {
      this.smallest = BigInteger.valueOf(smallest);
      this.largest = BigInteger.valueOf(largest);
    }

    private long clamp(BigInteger number) {
      return number.max(smallest).min(largest).longValueExact();
    }

    private Object box(long number) {
      return this == INT ? (Object) Math.toIntExact(number) : (Object) number;
    }
  }

  private static final Pattern TEXT = Pattern.compile("[+-]?[0-9]+(?:_[0-9]+)*(?:\\.0*)?");
  private static final int LONGEST_TEXT = 100;

  @Override
  public Optional<Object> read(JsonNode value, Place place, Problems problems) {
    Optional<BigInteger> number =
        switch (value.getNodeType()) {
          case STRING -> ofText(value, place, problems);
          case NUMBER -> ofNumber(value, place, problems);
          case BOOLEAN -> Optional.of(value.booleanValue() ? BigInteger.ONE : BigInteger.ZERO);
          default -> {
            problems.add("int_type", place, "Input should be a valid integer", value);
            yield Optional.empty();
          }
        };
    return number
        .map(width::clamp)
        .filter(whole -> bounds.admits(whole, value, place, problems))
        .map(width::box);
  }

  private static Optional<BigInteger> ofText(JsonNode value, Place place, Problems problems) {
    String text = value.textValue().strip();
    if (text.length() > LONGEST_TEXT || !TEXT.matcher(text).matches()) {
      problems.add(
          "int_parsing",
          place,
          "Input should be a valid integer, unable to parse string as an integer",
          value);
      return Optional.empty();
    }
    int point = text.indexOf('.');
    String digits = (point < 0 ? text : text.substring(0, point)).replace("_", "");
    return Optional.of(new BigInteger(digits));
  }

  private static Optional<BigInteger> ofNumber(JsonNode value, Place place, Problems problems) {
    if (value.isIntegralNumber()) {
      return Optional.of(value.bigIntegerValue());
    }
    double number = value.doubleValue();
    if (!Double.isFinite(number)) {
      problems.add("finite_number", place, "Input should be a finite number", value);
      return Optional.empty();
    }
    if (number != Math.rint(number)) {
      problems.add(
          "int_from_float",
          place,
          "Input should be a valid integer, got a number with a fractional part",
          value);
      return Optional.empty();
    }
    return Optional.of(new BigDecimal(number).toBigInteger());
  }

  @Override
  public ObjectNode schema() {
    return bounds.schema("integer");
  }

  @Override
  public boolean isNumber() {
    return true;
  }
}
