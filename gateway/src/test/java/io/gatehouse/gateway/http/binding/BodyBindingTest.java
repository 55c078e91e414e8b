package io.gatehouse.gateway.http.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gatehouse.gateway.http.binding.RequestBinder.Bound;
import io.gatehouse.gateway.http.exchange.ErrorBody;
import io.gatehouse.gateway.http.execute.InputBody;
import io.gatehouse.gateway.http.execute.InputQuery;
import io.gatehouse.gateway.http.execute.RunCommandBody;
import io.gatehouse.gateway.http.execute.RunCommandQuery;
import io.gatehouse.gateway.http.problem.ValidationException;
import io.gatehouse.gateway.session.Budgets;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the binding of bodies. The expected answers were taken from a running Open Terminal 0.14.5,
 * except where a comment says otherwise.
 */
class BodyBindingTest {

  record Chunk(
      @Described("target") String target,
      @Described("start") @Range(min = 1) OptionalInt startLine,
      @Described("many") @Default("false") boolean allowMultiple) {

    Chunk {
      if (target.isEmpty()) {
        throw new InvalidFieldException("target", "must not be empty");
      }
    }
  }

  record Replacements(
      @Described("path") String path, @Described("chunks") List<Chunk> replacements) {

    Replacements {
      if (path.equals("illegal")) {
        throw new IllegalArgumentException("a path cannot be illegal");
      }
      if (path.equals("broken")) {
        throw new IllegalStateException("a bug");
      }
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static RunCommandBody run(String body) {
    return RequestBinder.body(RunCommandBody.class, utf8(body), Budgets.lease());
  }

  private static String refusal(Class<? extends Record> type, byte[] body) {
    ValidationException failure =
        catchThrowableOfType(
            ValidationException.class, () -> RequestBinder.body(type, body, Budgets.lease()));
    return new String(ErrorBody.problems(failure), StandardCharsets.UTF_8);
  }

  private static String refusal(String body) {
    return refusal(RunCommandBody.class, utf8(body));
  }

  private static String problem(String type, String loc, String msg, String rest) {
    return "{\"detail\":[{\"type\":\"%s\",\"loc\":%s,\"msg\":\"%s\"%s}]}"
        .formatted(type, loc, msg, rest);
  }

  @Test
  void bindsABody() {
    RunCommandBody body =
        run("{\"command\":\"echo 'ä' \\n#\",\"cwd\":\"/tmp\",\"env\":{\"B\":\"1\",\"A\":\"\"}}");

    assertThat(body.command()).isEqualTo("echo 'ä' \n#");
    assertThat(body.cwd()).hasValue("/tmp");
    assertThat(body.env()).hasValue(Map.of("B", "1", "A", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"command\":\"true\"}",
        "  {\"command\":\"true\",\"cwd\":null,\"env\":null}\n",
        "\uFEFF{\"command\":\"true\",\"cwd\":\"\"}",
        "{\"command\":\"true\",\"wait\":\"abc\",\"tail\":[{}],\"x\":{\"y\":[[1]]}}",
      })
  void takesNullForAbsentAndIgnoresOtherKeys(String body) {
    assertThat(run(body)).isEqualTo(new RunCommandBody("true", Optional.empty(), Optional.empty()));
  }

  @Test
  void asksForAMissingBody() {
    assertThat(refusal(""))
        .isEqualTo(problem("missing", "[\"body\"]", "Field required", ",\"input\":null"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "[]", "5", "true"})
  void refusesABodyThatIsNoObject(String body) {
    assertThat(refusal(body))
        .isEqualTo(
            problem(
                "model_attributes_type",
                "[\"body\"]",
                "Input should be a valid dictionary or object to extract fields from",
                ",\"input\":" + body));
  }

  /** Open Terminal repeats it; it is most often a whole body, quoted twice by a model. */
  @Test
  void doesNotRepeatABodyThatIsText() {
    assertThat(refusal("\"{\\\"env\\\":{\\\"TOKEN\\\":\\\"s3cret\\\"}}\""))
        .contains("model_attributes_type")
        .doesNotContain("s3cret", "input");
  }

  @Test
  void namesAMissingField() {
    assertThat(refusal("{}"))
        .isEqualTo(problem("missing", "[\"body\",\"command\"]", "Field required", ",\"input\":{}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "5", "1.5", "true"})
  void refusesAFieldThatIsNoText(String value) {
    assertThat(refusal("{\"command\":" + value + "}"))
        .isEqualTo(
            problem(
                "string_type",
                "[\"body\",\"command\"]",
                "Input should be a valid string",
                ",\"input\":" + value));
  }

  /** Open Terminal repeats them, with whatever secrets are inside. */
  @Test
  void repeatsNoListAndNoObject() {
    assertThat(refusal("{\"command\":[\"mysql\",\"-ps3cret\"],\"cwd\":{\"a\":\"s3cret\"}}"))
        .contains("string_type", "command", "cwd")
        .doesNotContain("s3cret");
    assertThat(refusal("{\"cwd\":\"/\",\"env\":{\"TOKEN\":\"s3cret\"}}"))
        .contains("missing")
        .doesNotContain("s3cret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "[]", "\"TOKEN=424242\""})
  void refusesAnEnvironmentThatIsNoObject(String value) {
    assertThat(refusal("{\"command\":\"true\",\"env\":" + value + "}"))
        .isEqualTo(
            problem("dict_type", "[\"body\",\"env\"]", "Input should be a valid dictionary", ""));
  }

  /** Open Terminal repeats the values. */
  @Test
  void namesAVariableWithoutItsValue() {
    assertThat(refusal("{\"command\":\"true\",\"env\":{\"PIN\":424242,\"B\":\"x\"}}"))
        .isEqualTo(
            problem(
                "string_type", "[\"body\",\"env\",\"PIN\"]", "Input should be a valid string", ""));
    assertThat(refusal(InputBody.class, utf8("{\"input\":424242}"))).doesNotContain("424242");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "\"A=B\"", "\"A\\u0000\""})
  void refusesAVariableThatNoEnvironmentCanHold(String name) {
    assertThat(refusal("{\"command\":\"true\",\"env\":{" + name + ":\"s3cret\"}}"))
        .contains("value_error", "[\"body\",\"env\"]")
        .doesNotContain("s3cret");
  }

  /** Open Terminal answers 500. */
  @ParameterizedTest
  @CsvSource({
    "command, '{\"command\":\"a\\u0000b\"}'",
    "cwd, '{\"command\":\"a\",\"cwd\":\"/\\u0000\"}'",
    "env, '{\"command\":\"a\",\"env\":{\"A\":\"\\u0000\"}}'"
  })
  void refusesANul(String field, String body) {
    assertThat(refusal(body))
        .contains(
            "value_error", "[\"body\",\"" + field + "\"]", "must not contain a NUL character");
  }

  /** Open Terminal answers 500. */
  @Test
  void refusesHalfASurrogatePair() {
    assertThat(refusal("{\"command\":\"\\ud800\"}")).contains("string_unicode");
    assertThat(refusal("{\"command\":\"a\",\"env\":{\"\\ud800\":\"x\"}}")).contains("json_invalid");
  }

  @Test
  void tellsEveryProblemOfParametersAndBodyAtOnce() {
    assertThatThrownBy(
            () ->
                RequestBinder.request(
                    RunCommandQuery.class,
                    Map.of("wait", List.of("abc"), "tail", List.of("0")),
                    Map.of(),
                    RunCommandBody.class,
                    utf8("{\"cwd\":5,\"env\":{\"A\":1}}"),
                    Budgets.lease()))
        .isInstanceOf(ValidationException.class)
        .hasMessage(
            "float_parsing [query, wait], greater_than_equal [query, tail], "
                + "missing [body, command], string_type [body, cwd], string_type [body, env, A]");
  }

  @Test
  void bindsParametersAndBodyTogether() {
    Bound<InputQuery, InputBody> bound =
        RequestBinder.request(
            InputQuery.class,
            Map.of(),
            Map.of("process_id", "p1"),
            InputBody.class,
            utf8("{\"input\":\"y\\n\",\"process_id\":\"p2\"}"),
            Budgets.lease());

    assertThat(bound).isEqualTo(new Bound<>(new InputQuery("p1"), new InputBody("y\n")));
  }

  @Test
  void tellsOnlyOfTheBodyWhenThatIsNoJson() {
    assertThatThrownBy(
            () ->
                RequestBinder.request(
                    RunCommandQuery.class,
                    Map.of("wait", List.of("abc")),
                    Map.of(),
                    RunCommandBody.class,
                    utf8("{bad"),
                    Budgets.lease()))
        .hasMessage("json_invalid [body, 1]");
  }

  @Test
  void tellsAtMostTwentyProblems() {
    String variables =
        IntStream.range(0, 5000)
            .mapToObj(i -> "\"" + "v".repeat(1000) + i + "\":" + i)
            .collect(Collectors.joining(","));

    assertThat(refusal("{\"command\":\"true\",\"env\":{" + variables + "}}"))
        .hasSizeLessThan(20 * 250);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"command\":\"true\"} x | Not valid JSON",
        "{\"command\":\"true\"}{} | Extra data",
        "{\"command\":\"true\"}] | Not valid JSON",
        "{\"command\":\"true\",} | Not valid JSON",
        "{\"command\":tru | Not valid JSON",
        "{ | Unexpected end of data",
        "abc | Not valid JSON",
        "{'command':1} | Not valid JSON",
        "{\"command\":NaN} | Not valid JSON",
        "{\"command\":\"a\tb\"} | Not valid JSON",
        "{\"command\":\"a\",\"command\":\"b\"} | Duplicate key",
        "{\"command\":\"a\",\"x\":{\"y\":1,\"y\":2}} | Duplicate key",
      })
  void refusesWhatIsNotOneJsonValue(String body, String reason) {
    assertThat(refusal(body))
        .containsPattern(
            "\\{\"detail\":\\[\\{\"type\":\"json_invalid\",\"loc\":\\[\"body\",[0-9]+],"
                + "\"msg\":\"JSON decode error\",\"input\":\\{},\"ctx\":\\{\"error\":\""
                + reason
                + "\"}}]}");
  }

  @Test
  void countsCharactersAndNotBytesToTheError() {
    assertThat(refusal("{\"command\":\"ä😀\"}{}")).contains("[\"body\",16]");
    assertThat(refusal("{\"command\":\"ab\"}{}")).contains("[\"body\",16]");
  }

  @Test
  void refusesBlankBodiesAndOtherEncodings() {
    assertThat(refusal("  \n")).contains("json_invalid", "Expecting value");
    assertThat(
            refusal(
                RunCommandBody.class, "{\"command\":\"ä\"}".getBytes(StandardCharsets.ISO_8859_1)))
        .contains("json_invalid");
  }

  @Test
  void refusesNestingThatIsMeantToHurt() {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);

    assertThat(refusal(deep)).contains("json_invalid", "Nested too deeply");
    assertThat(refusal("{\"command\":\"true\",\"x\":" + deep + "}")).contains("json_invalid");
  }

  @Test
  void refusesManySmallValuesBeforeTheyFillTheHeap() {
    String body = "{\"command\":\"true\",\"x\":[" + "[],".repeat(1_000_000) + "1]}";

    assertThat(refusal(body)).contains("json_invalid", "too many");
  }

  @Test
  void repeatsNothingOfWhatItCannotRead() {
    assertThat(refusal("{\"command\":\"a\",\"env\":{\"TOKEN\":s3cret}}")).doesNotContain("s3cret");
    assertThat(refusal("{\"env\":{\"s3cret\":1,\"s3cret\":2}}")).doesNotContain("s3cret");
  }

  @Test
  void acceptsATextOfManyMegabytes() {
    String input = "é".repeat(4_000_000);
    byte[] body = ("{\"input\":\"" + input + "\"}").getBytes(StandardCharsets.UTF_8);

    assertThat(RequestBinder.body(InputBody.class, body, Budgets.lease()).input()).isEqualTo(input);
  }

  @Test
  void bindsListsOfRecords() {
    String chunks =
        """
        [{"target":"a","start_line":2.0,"allow_multiple":1},
         {"target":"b","start_line":"3","allow_multiple":"yes"},
         {"target":"c","start_line":null,"allow_multiple":null}]\
        """;

    assertThat(
            RequestBinder.body(
                Replacements.class,
                utf8("{\"path\":\"p\",\"replacements\":" + chunks + "}"),
                Budgets.lease()))
        .isEqualTo(
            new Replacements(
                "p",
                List.of(
                    new Chunk("a", OptionalInt.of(2), true),
                    new Chunk("b", OptionalInt.of(3), true),
                    new Chunk("c", OptionalInt.empty(), false))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | list_type [body, replacements]",
        "null | list_type [body, replacements]",
        "[7] | model_attributes_type [body, replacements, 0]",
        "[{}] | missing [body, replacements, 0, target]",
        "[{\"target\":5}] | string_type [body, replacements, 0, target]",
        "[{\"target\":\"\"}] | value_error [body, replacements, 0, target]",
        "[{\"target\":\"a\",\"start_line\":0}] "
            + "| greater_than_equal [body, replacements, 0, start_line]",
        "[{\"target\":\"a\",\"start_line\":1.5}] "
            + "| int_from_float [body, replacements, 0, start_line]",
        "[{\"target\":\"a\",\"start_line\":1e400}] "
            + "| finite_number [body, replacements, 0, start_line]",
        "[{\"target\":\"a\",\"start_line\":{}}] | int_type [body, replacements, 0, start_line]",
        "[{\"target\":\"a\",\"allow_multiple\":2}] "
            + "| bool_parsing [body, replacements, 0, allow_multiple]",
        "[{\"target\":\"a\",\"allow_multiple\":[]}] "
            + "| bool_type [body, replacements, 0, allow_multiple]",
      })
  void namesThePlaceInAList(String chunks, String problem) {
    byte[] body = utf8("{\"path\":\"p\",\"replacements\":" + chunks + "}");

    assertThatThrownBy(() -> RequestBinder.body(Replacements.class, body, Budgets.lease()))
        .hasMessage(problem);
  }

  @Test
  void turnsTheRefusalOfARecordIntoAProblem() {
    assertThat(refusal(Replacements.class, utf8("{\"path\":\"illegal\",\"replacements\":[]}")))
        .isEqualTo(
            problem("value_error", "[\"body\"]", "Value error, a path cannot be illegal", ""));
  }

  @Test
  void doesNotBlameTheCallerForABug() {
    byte[] body = utf8("{\"path\":\"broken\",\"replacements\":[]}");

    assertThatThrownBy(() -> RequestBinder.body(Replacements.class, body, Budgets.lease()))
        .isInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("a bug");
  }

  @Test
  void keepsCommandsAndTypedTextOutOfLogs() {
    assertThat(run("{\"command\":\"s3cret\",\"env\":{\"A\":\"s3cret\"}}").toString())
        .isEqualTo("RunCommandBody[6 characters]");
    assertThat(new InputBody("s3cret")).hasToString("InputBody[6 characters]");
  }
}
