package io.gatehouse.gateway.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import io.gatehouse.gateway.http.problem.Problem;
import io.gatehouse.gateway.http.problem.ValidationException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ErrorBodyTest {

  private static String text(byte[] body) {
    return new String(body, StandardCharsets.UTF_8);
  }

  @Test
  void hasOpenTerminalsShapes() {
    assertThat(text(ErrorBody.detail("Process not found")))
        .isEqualTo("{\"detail\":\"Process not found\"}");
    assertThat(text(ErrorBody.error("Too many terminals")))
        .isEqualTo("{\"error\":\"Too many terminals\"}");
  }

  @Test
  void writesEveryTextAsValidJson() {
    assertThat(text(ErrorBody.detail("\"\n\0 ä😀 \ud800")))
        .isEqualTo("{\"detail\":\"\\\"\\n\\u0000 ä😀 ?\"}");
  }

  @Test
  void listsTheProblemsOfARequest() {
    Problem problem =
        new Problem(
            "greater_than_equal",
            List.of("body", "replacements", 0, "start_line"),
            "Input should be greater than or equal to 1",
            Optional.of(IntNode.valueOf(0)),
            Map.of("ge", IntNode.valueOf(1)));

    assertThat(text(ErrorBody.problems(new ValidationException(List.of(problem)))))
        .isEqualTo(
            """
            {"detail":[{"type":"greater_than_equal",\
            "loc":["body","replacements",0,"start_line"],\
            "msg":"Input should be greater than or equal to 1","input":0,"ctx":{"ge":1}}]}\
            """);
  }
}
