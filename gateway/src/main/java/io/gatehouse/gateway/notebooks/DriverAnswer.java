package io.gatehouse.gateway.notebooks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One answer of the program that runs a kernel.
 *
 * <p>The program is the user's own, so nothing is taken from it but the fields below, each within
 * its bound. The outputs are checked to be JSON and passed on as they are, without a tree of them.
 */
public final class DriverAnswer {

  /** Levels of nesting. Those of outputs are a few, and the program cuts them at a hundred. */
  private static final int DEEPEST = 200;

  private static final int LONGEST_DETAIL = 4_000;
  private static final int LONGEST_NAME = 300;
  private static final byte[] NO_OUTPUTS = {'[', ']'};

  // Strings and numbers of the outputs are skipped and never made, so the bounds concern the rest.
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxNumberLength(1000)
                  .maxNameLength(10_000)
                  .build())
          .build();

  private String kernel = "";
  private String refused = "";
  private String detail = "";
  private String status = "";
  private OptionalInt executionCount = OptionalInt.empty();
  private byte[] outputs = NO_OUTPUTS;
  private int begin;
  private int end = NO_OUTPUTS.length;

  private DriverAnswer() {}

  /**
   * Reads an answer.
   *
   * @param line bytes, which the answer keeps
   * @param length how many of them belong to the line
   * @throws IOException if they are no answer
   */
  static DriverAnswer read(byte[] line, int length) throws IOException {
    DriverAnswer answer = new DriverAnswer();
    try (JsonParser json = JSON.createParser(line, 0, length)) {
      require(json.nextToken() == JsonToken.START_OBJECT, "is no object");
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        answer.take(name, json, line);
      }
      require(json.nextToken() == null, "goes on behind its end");
    }
    return answer;
  }

  private void take(String name, JsonParser json, byte[] line) throws IOException {
    switch (name) {
      case "kernel" -> kernel = text(json, LONGEST_NAME);
      case "refused" -> refused = text(json, LONGEST_NAME);
      case "detail" -> detail = text(json, LONGEST_DETAIL);
      case "status" -> {
        status = text(json, LONGEST_NAME);
        require(status.equals("ok") || status.equals("error"), "has no known status");
      }
      case "execution_count" -> executionCount = count(json);
      case "outputs" -> takeOutputs(json, line);
      default -> throw new IOException("the answer has an unknown field");
    }
  }

  private static String text(JsonParser json, int longest) throws IOException {
    require(json.currentToken() == JsonToken.VALUE_STRING, "has no text where there must be one");
    require(json.getTextLength() <= longest, "has too long a text");
    return json.getText();
  }

  private static OptionalInt count(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return OptionalInt.empty();
    }
    require(json.currentToken() == JsonToken.VALUE_NUMBER_INT, "has no number of the execution");
    // Throws if it is larger than an int.
    return OptionalInt.of(json.getIntValue());
  }

  private void takeOutputs(JsonParser json, byte[] line) throws IOException {
    require(json.currentToken() == JsonToken.START_ARRAY, "has no list of outputs");
    begin = Math.toIntExact(json.currentTokenLocation().getByteOffset());
    JsonToken each = json.nextToken();
    while (each != JsonToken.END_ARRAY) {
      require(each == JsonToken.START_OBJECT, "has an output that is no object");
      json.skipChildren();
      each = json.nextToken();
    }
    end = Math.toIntExact(json.currentLocation().getByteOffset());
    outputs = line;
  }

  private static void require(boolean condition, String problem) throws IOException {
    if (!condition) {
      throw new IOException("the answer " + problem);
    }
  }

  /** The answer for a cell whose kernel cannot be asked any more. */
  static DriverAnswer dead(byte[] outputs) {
    DriverAnswer answer = new DriverAnswer();
    answer.status = "error";
    answer.outputs = outputs;
    answer.end = outputs.length;
    return answer;
  }

  String kernel() {
    return kernel;
  }

  /** The kind of refusal, if the program refuses what it was asked. */
  Optional<String> refused() {
    return Optional.of(refused).filter(kind -> !kind.isEmpty());
  }

  String detail() {
    return detail;
  }

  /** How the cell has ended: {@code ok} or {@code error}; empty if the answer is not of a cell. */
  public String status() {
    return status;
  }

  /** The number that the kernel gave to this execution; empty for what is no code. */
  public OptionalInt executionCount() {
    return executionCount;
  }

  /** Writes the outputs of the cell, a JSON array. */
  public void writeOutputs(OutputStream out) throws IOException {
    out.write(outputs, begin, end - begin);
  }
}
