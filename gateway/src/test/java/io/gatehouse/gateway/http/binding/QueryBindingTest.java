package io.gatehouse.gateway.http.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gatehouse.gateway.files.NameSearch.Kind;
import io.gatehouse.gateway.http.exchange.ErrorBody;
import io.gatehouse.gateway.http.execute.KillQuery;
import io.gatehouse.gateway.http.execute.StatusQuery;
import io.gatehouse.gateway.http.files.GlobQuery;
import io.gatehouse.gateway.http.files.GrepQuery;
import io.gatehouse.gateway.http.problem.ValidationException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the binding of queries. The expected answers were taken from a running Open Terminal
 * 0.14.5, except where a comment says otherwise.
 */
class QueryBindingTest {

  private static final Map<String, String> PATH = Map.of("process_id", "x");

  record Everything(
      @Described("text") String text,
      @Described("maybe") Optional<String> maybe,
      @Described("count") @Default("7") int count,
      @Described("far") OptionalLong far,
      @Described("ratio") OptionalDouble ratio,
      @Described("flag") Optional<Boolean> flag,
      @Described("names") Optional<List<String>> fileNames) {}

  private static StatusQuery status(String name, String... values) {
    return RequestBinder.query(StatusQuery.class, Map.of(name, List.of(values)), PATH);
  }

  private static boolean force(String value) {
    return RequestBinder.query(KillQuery.class, Map.of("force", List.of(value)), PATH).force();
  }

  private static String refusal(String name, String... values) {
    return json(catchThrowableOfType(ValidationException.class, () -> status(name, values)));
  }

  private static String json(ValidationException failure) {
    return new String(ErrorBody.problems(failure), StandardCharsets.UTF_8);
  }

  private static Optional<List<String>> include(String... values) {
    return RequestBinder.query(
            GrepQuery.class, Map.of("query", List.of("x"), "include", List.of(values)), PATH)
        .include();
  }

  /**
   * The form in which Open WebUI up to 0.12.0 sends the list of a tool call. The expected result is
   * not from Open Terminal.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ['*.txt']                     | *.txt
          ['*.txt', '*.md']             | *.txt;*.md
          ["*.txt", "*.md"]             | *.txt;*.md
          ["it's", 'a "b"', 'c\\\\d']   | it's;a "b";c\\d
          ['[ab]*', '{a,b}', 'ü']       | [ab]*;{a,b};ü
          ['\\xe4\\u4f60\\U0001f600']   | ä你😀
          ['it\\'s "x"']                | it's "x"
          ["\\ud83d\\ude00"]            | 😀
          ` [ 'a' , "b" ] `             | a;b
          """)
  void readsAListThatIsWrittenOut(String sent, String items) {
    assertThat(include(sent)).contains(List.of(items.split(";")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[ab]",
        "[!a-z]*.txt",
        "['a']x",
        "['a'",
        "['a' 'b']",
        "['a',]",
        "[1, 2]",
        "['\\q']",
        "['\\x4']",
        "['\\Uffffffff']",
        "[None]",
        "['a', 1]",
        "('a', 'b')",
        "[['a']]",
        "['a']['b']",
        "['a'] + open('/etc/passwd')",
        "*.txt",
        "",
        "['\\"
      })
  void takesAPatternForWhatItIs(String sent) {
    assertThat(include(sent)).contains(List.of(sent));
  }

  @Test
  void readsAListThatIsWrittenOverSeveralLines() {
    assertThat(include("[\n  \"a\",\n\t\"b\"\r\n]")).contains(List.of("a", "b"));
  }

  @Test
  void readsAListThatIsWrittenOutInEachOperationWithOne() {
    assertThat(
            RequestBinder.query(
                    GlobQuery.class,
                    Map.of("pattern", List.of("*"), "exclude", List.of("['*.o', \"it's\"]")),
                    PATH)
                .exclude())
        .contains(List.of("*.o", "it's"));
  }

  @Test
  void refusesANulInAListThatIsWrittenOut() {
    assertThatThrownBy(() -> include("['a\\x00b']")).isInstanceOf(ValidationException.class);
  }

  @Test
  void takesAnEmptyListForNone() {
    assertThat(include("[]")).isEmpty();
    assertThat(include("[ ]")).isEmpty();
    assertThat(include("['a']", "['b']")).contains(List.of("['a']", "['b']"));
  }

  @Test
  void givesAbsentParametersTheirDefaults() {
    StatusQuery query = RequestBinder.query(StatusQuery.class, Map.of(), PATH);

    assertThat(query)
        .isEqualTo(
            new StatusQuery("x", OptionalDouble.empty(), 0, OptionalInt.empty(), Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "NULL", "Null", ""})
  void takesNullAndNothingForAnAbsentNumber(String value) {
    assertThat(status("wait", value).waitSeconds()).isEmpty();
    assertThat(status("tail", value).tail()).isEmpty();
    assertThat(status("offset", value).offset()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "300, 300",
    "1e2, 100",
    "1_0, 10",
    "' 1 ', 1",
    "+.5, 0.5",
    "5., 5",
    "1.5E-1, 0.15"
  })
  void readsDecimalsAsPydanticDoes(String text, double number) {
    assertThat(status("wait", text).waitSeconds()).hasValue(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "0x10", ".", "1,5", "1d", "1f", "0x1p3", "_1", "1__0", "e5", "٣"})
  void refusesWhatIsNoDecimal(String text) {
    assertThat(refusal("wait", text))
        .isEqualTo(
            """
            {"detail":[{"type":"float_parsing","loc":["query","wait"],\
            "msg":"Input should be a valid number, unable to parse string as a number",\
            "input":"%s"}]}\
            """
                .formatted(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"301", "300.0001", "NaN", "nan", "Infinity", "inf", "1e400"})
  void refusesDecimalsThatAreNotAtMostTheMaximum(String text) {
    assertThat(refusal("wait", text))
        .isEqualTo(
            """
            {"detail":[{"type":"less_than_equal","loc":["query","wait"],\
            "msg":"Input should be less than or equal to 300","input":"%s","ctx":{"le":300}}]}\
            """
                .formatted(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "-Infinity", "-1e-9"})
  void refusesDecimalsBelowTheMinimum(String text) {
    assertThat(refusal("wait", text))
        .contains("greater_than_equal", "Input should be greater than or equal to 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "Infinity", "-inf", "1e400"})
  void refusesWhatIsNotFiniteWhereNoBoundDoes(String text) {
    assertThatThrownBy(
            () ->
                RequestBinder.query(
                    Everything.class,
                    Map.of("text", List.of("a"), "ratio", List.of(text)),
                    Map.of()))
        .hasMessage("finite_number [query, ratio]");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1.0, 1", "+3, 3", "1_000, 1000", "' 3 ', 3", "2., 2"})
  void readsWholeNumbersAsPydanticDoes(String text, long number) {
    assertThat(status("offset", text).offset()).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "1.5", "0x1", "1e3", "true", "-", "1__0"})
  void refusesWhatIsNoWholeNumber(String text) {
    assertThat(refusal("tail", text))
        .isEqualTo(
            """
            {"detail":[{"type":"int_parsing","loc":["query","tail"],\
            "msg":"Input should be a valid integer, unable to parse string as an integer",\
            "input":"%s"}]}\
            """
                .formatted(text));
  }

  @Test
  void refusesWholeNumbersOutOfTheirRange() {
    assertThat(refusal("tail", "0"))
        .isEqualTo(
            """
            {"detail":[{"type":"greater_than_equal","loc":["query","tail"],\
            "msg":"Input should be greater than or equal to 1","input":"0","ctx":{"ge":1}}]}\
            """);
    assertThat(refusal("offset", "-99999999999999999999999")).contains("greater_than_equal");
  }

  @Test
  void readsHugeWholeNumbersAsTheLargest() {
    assertThat(status("tail", "99999999999999999999999").tail()).hasValue(Integer.MAX_VALUE);
    assertThat(status("offset", "9223372036854775808").offset()).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"True", "true", "TRUE", "1", "yes", "on", "y", "t", "T", "Y"})
  void readsEverySpellingOfTrue(String text) {
    assertThat(force(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"False", "false", "FALSE", "0", "no", "off", "n", "f", "null"})
  void readsEverySpellingOfFalse(String text) {
    assertThat(force(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"maybe", "", "2", " true"})
  void refusesWhatIsNeitherTrueNorFalse(String text) {
    ValidationException failure =
        catchThrowableOfType(ValidationException.class, () -> force(text));

    assertThat(json(failure))
        .isEqualTo(
            """
            {"detail":[{"type":"bool_parsing","loc":["query","force"],\
            "msg":"Input should be a valid boolean, unable to interpret input","input":"%s"}]}\
            """
                .formatted(text));
  }

  @Test
  void takesTheLastOfSeveralValues() {
    assertThat(status("wait", "abc", "1").waitSeconds()).hasValue(1);
    assertThat(status("wait", "5", "null").waitSeconds()).hasValue(5);
    assertThat(refusal("wait", "1", "abc")).contains("float_parsing");
  }

  @Test
  void ignoresWhatNoParameterIsCalled() {
    assertThat(status("command", "rm").processId()).isEqualTo("x");
  }

  @Test
  void takesThePathsNameFromThePathOnly() {
    StatusQuery query =
        RequestBinder.query(StatusQuery.class, Map.of("process_id", List.of("bobs")), PATH);

    assertThat(query.processId()).isEqualTo("x");
  }

  @Test
  void bindsEveryTypeThatAQueryCanCarry() {
    Map<String, List<String>> query =
        Map.of(
            "text", List.of(""),
            "maybe", List.of("m"),
            "count", List.of("1"),
            "far", List.of("5000000000"),
            "ratio", List.of("0.5"),
            "flag", List.of("True"),
            "file_names", List.of("a", "null", "b"));

    assertThat(RequestBinder.query(Everything.class, query, Map.of()))
        .isEqualTo(
            new Everything(
                "",
                Optional.of("m"),
                1,
                OptionalLong.of(5_000_000_000L),
                OptionalDouble.of(0.5),
                Optional.of(true),
                Optional.of(List.of("a", "b"))));
  }

  @Test
  void namesAMissingParameter() {
    ValidationException failure =
        catchThrowableOfType(
            ValidationException.class,
            () -> RequestBinder.query(Everything.class, Map.of(), Map.of()));

    assertThat(json(failure))
        .isEqualTo(
            """
            {"detail":[{"type":"missing","loc":["query","text"],"msg":"Field required",\
            "input":null}]}\
            """);
  }

  @Test
  void repeatsOnlyTheBeginningOfALongValue() {
    assertThat(refusal("wait", "9".repeat(1_000_000)))
        .contains("float_parsing", "\"input\":\"" + "9".repeat(100) + "…\"")
        .hasSizeLessThan(400);
  }

  @Test
  void cutsALongValueBetweenCharacters() {
    assertThat(refusal("wait", "😀".repeat(101))).contains("\"" + "😀".repeat(100) + "…\"");
  }

  private static String globRefusal(String name, String... values) {
    Map<String, List<String>> query = new HashMap<>(Map.of("pattern", List.of("*")));
    query.put(name, List.of(values));
    return json(
        catchThrowableOfType(
            ValidationException.class, () -> RequestBinder.query(GlobQuery.class, query, PATH)));
  }

  /** Open Terminal takes these for the current directory, or answers 500. */
  @Test
  void refusesTextThatCannotBeAPath() {
    assertThat(globRefusal("path", ""))
        .contains("value_error", "[\"query\",\"path\"]", "a path must not be empty");
    assertThat(globRefusal("path", "a\0b")).contains("must not contain a NUL character");
    assertThat(globRefusal("exclude", "a", "")).contains("[\"query\",\"exclude\",1]");
  }

  @Test
  void readsOneOfSomeWords() {
    Map<String, List<String>> query = Map.of("pattern", List.of("*"), "type", List.of("directory"));
    assertThat(RequestBinder.query(GlobQuery.class, query, PATH).type()).isEqualTo(Kind.DIRECTORY);
    assertThat(globRefusal("type", "DIRECTORY"))
        .contains(
            "literal_error",
            "[\"query\",\"type\"]",
            "Input should be one of 'any', 'file', 'directory'");
  }
}
