package io.gatehouse.gateway.http.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gatehouse.gateway.files.Utf8Text;
import io.gatehouse.gateway.http.execute.InputBody;
import io.gatehouse.gateway.http.files.WriteBody;
import io.gatehouse.gateway.http.json.LongTextNode;
import io.gatehouse.gateway.http.json.LongTexts;
import io.gatehouse.gateway.http.problem.ValidationException;
import io.gatehouse.gateway.session.BudgetException;
import io.gatehouse.gateway.session.Budgets;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.MemoryBudget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares the result of reading long texts with that of Jackson alone. */
class LongTextsTest {

  private static final JsonMapper JACKSON = new JsonMapper();
  private static final String LONG = "x".repeat(LongTexts.LONG);

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static JsonNode read(String json) {
    return JsonBody.read(utf8(json), Budgets.lease());
  }

  private static String bytesOf(Utf8Text text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    text.writeTo(out);
    return out.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plain",
        "ä€\uD83D\uDE00",
        "\\\"\\\\\\/\\b\\f\\n\\r\\t",
        "\\u00e4\\u20AC\\ud83d\\uDE00\\u0000\\u005c\\u0022",
        "ends with a backslash\\\\",
        "\u007F\u0080\uFFFD"
      })
  void readsEachTextAsJacksonDoes(String end) throws IOException {
    String json = "{\"a\": [1, \"" + LONG + end + "\"], \"b\" : {\"c\":\"" + end + LONG + "\"}}";

    JsonNode read = read(json);

    JsonNode expected = JACKSON.readTree(json);
    assertThat(read.get("a").get(1)).isInstanceOf(LongTextNode.class);
    assertThat(read.get("a").get(1).textValue()).isEqualTo(expected.get("a").get(1).textValue());
    assertThat(read.get("b").get("c").asText()).isEqualTo(expected.get("b").get("c").textValue());
    assertThat(read.get("a").get(0).intValue()).isEqualTo(1);
  }

  @Test
  void readsRandomTextsAsJacksonDoes() throws IOException {
    Random random = new Random(7);
    for (int round = 0; round < 50; round++) {
      StringBuilder text = new StringBuilder();
      while (text.length() < LongTexts.LONG + 100) {
        int point = random.nextInt(Character.MAX_CODE_POINT);
        boolean plain = random.nextInt(3) > 0;
        text.appendCodePoint(
            plain || (point >= 0xD800 && point < 0xE000) ? ' ' + random.nextInt(95) : point);
      }
      String json = JACKSON.writeValueAsString(Map.of("content", text.toString()));
      assertThat(read(json).get("content").textValue()).isEqualTo(text.toString());
    }
  }

  @Test
  void bindsTheContentOfAFileWithoutAString() throws IOException {
    MemoryBudget budget = new MemoryBudget(1 << 20, 1 << 20);
    Lease lease = budget.lease("alice");
    String content = "é\\n".repeat(1 << 20);

    WriteBody body =
        RequestBinder.body(
            WriteBody.class,
            utf8("{\"content\":\"" + content + "\",\"path\":\"/home/alice/a\"}"),
            lease);

    assertThat(bytesOf(body.content())).isEqualTo("é\n".repeat(1 << 20));
    assertThat(body.path()).isEqualTo("/home/alice/a");
    assertThat(lease.held()).isLessThan(4096);
  }

  @Test
  void countsATextThatBecomesAString() {
    Lease lease = new MemoryBudget(1 << 20, 1 << 20).lease("alice");
    byte[] body = utf8("{\"input\":\"" + "x".repeat(1 << 20) + "\"}");

    assertThatThrownBy(() -> RequestBinder.body(InputBody.class, body, lease))
        .isInstanceOf(BudgetException.class);
  }

  @Test
  void countsManyShortTexts() {
    Lease lease = new MemoryBudget(1 << 20, 1 << 20).lease("alice");
    byte[] body = utf8("[" + "\"a\",".repeat(50_000) + "1]");

    assertThatThrownBy(() -> JsonBody.read(body, lease)).isInstanceOf(BudgetException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\\x",
        "\\u12",
        "\\u12G4",
        "\\ud800",
        "\\udc00\\ud800",
        "\\ud800\\u0041",
        "\n",
        "\u0001",
        "\\"
      })
  void leavesWhatIsNotWellFormedToJackson(String wrong) {
    String json = "{\"path\":\"p\",\"content\":\"" + LONG + wrong + "\"}";
    ValidationException failure =
        catchThrowableOfType(
            ValidationException.class,
            () -> RequestBinder.body(WriteBody.class, utf8(json), Budgets.lease()));
    String shorter = json.replace(LONG, "x");
    ValidationException expected =
        catchThrowableOfType(
            ValidationException.class,
            () -> RequestBinder.body(WriteBody.class, utf8(shorter), Budgets.lease()));
    assertThat(failure.problems().getFirst().type())
        .isEqualTo(expected.problems().getFirst().type());
  }

  @Test
  void refusesBytesThatAreNoUtf8() {
    byte[] body = utf8("{\"path\":\"p\",\"content\":\"" + LONG + "!\"}");
    for (int i = 0; i < body.length; i++) {
      if (body[i] == '!') {
        body[i] = (byte) 0xC3;
      }
    }
    assertThatThrownBy(() -> RequestBinder.body(WriteBody.class, body, Budgets.lease()))
        .isInstanceOf(ValidationException.class);
  }

  @Test
  void tellsWhereAnErrorIsInTheBodyAsItWasSent() {
    String before = "{\"a\":\"" + LONG + "ä\\n\",";
    for (String json : List.of(before + "x}", before + "\"b\":\"" + LONG + "\",?}")) {
      int wrong = json.endsWith("?}") ? json.length() - 2 : before.length();
      ValidationException failure =
          catchThrowableOfType(ValidationException.class, () -> read(json));
      Object place = failure.problems().getFirst().location().getLast();
      assertThat((int) place).isBetween(wrong, wrong + 1);
    }
  }

  @Test
  void takesNoTextOfTheBodyForALongOne() {
    JsonNode read =
        read("{\"a\":\"" + LONG + "\",\"b\":\"0\",\"c\":\":0\",\"0\":\"" + LONG + "y\"}");

    assertThat(read.get("b").textValue()).isEqualTo("0");
    assertThat(read.get("c").textValue()).isEqualTo(":0");
    assertThat(read.get("0").textValue()).isEqualTo(LONG + "y");
  }

  @Test
  void refusesALongKeyAsBefore() {
    assertThatThrownBy(() -> read("{\"" + LONG + "\" : 1}"))
        .isInstanceOf(ValidationException.class);
  }

  @Test
  void refusesALongTextThatHasNoEnd() {
    assertThatThrownBy(() -> read("{\"a\":\"" + LONG)).isInstanceOf(ValidationException.class);
    assertThatThrownBy(() -> read("{\"a\":\"" + LONG + "\\"))
        .isInstanceOf(ValidationException.class);
  }

  @Test
  void readsABodyThatIsNothingButALongText() {
    assertThat(read("\"" + LONG + "\"").isTextual()).isTrue();
    assertThat(read("  \"" + LONG + "z\"  ").textValue()).isEqualTo(LONG + "z");
  }
}
