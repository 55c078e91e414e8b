package io.gatehouse.gateway.it;

import static io.gatehouse.gateway.support.Client.encode;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Requests about skills, and the commands that make skills. */
final class SkillRequests {

  /** Open WebUI ends the turn of a chat after this time. */
  static final Duration TURN = Duration.ofSeconds(10);

  /** A skill that has changed is listed within this time. */
  static final Duration SEEN = Duration.ofSeconds(2);

  private SkillRequests() {}

  static String shell(Client client, String command) {
    Answer answer = client.run(command);
    assertThat(answer.exitCode()).as(answer.output()).isZero();
    return answer.output();
  }

  /** The command that makes a skill. */
  static String skill(String root, String name, String description) {
    return "mkdir -p '%s/%s' && printf -- '---\\ndescription: %s\\n---\\nDo it.\\n' >'%s/%s/SKILL.md'"
        .formatted(root, name, description, root, name);
  }

  static Answer list(Client client) {
    long begin = System.nanoTime();
    Answer answer = client.get("/skills");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(TURN);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().isArray()).isTrue();
    for (JsonNode skill : answer.json()) {
      String id = skill.path("id").asText();
      assertThat(id).startsWith("terminal:");
      assertThat(URLDecoder.decode(id.substring("terminal:".length()), StandardCharsets.UTF_8))
          .isEqualTo(skill.path("name").asText());
      assertThat(skill.path("location").asText()).startsWith("/").endsWith("/SKILL.md");
    }
    return answer;
  }

  static List<String> names(Client client) {
    List<String> names = new ArrayList<>();
    list(client).json().forEach(skill -> names.add(skill.path("name").asText()));
    return names;
  }

  /** Waits for the list, as long as a change may take to be seen. */
  static void awaitNames(Client client, List<String> expected) {
    long end = System.nanoTime() + SEEN.toNanos();
    List<String> names = names(client);
    while (!names.equals(expected) && System.nanoTime() < end) {
      names = names(client);
    }
    assertThat(names).isEqualTo(expected);
  }

  static Answer read(Client client, String name) {
    return client.get("/skills/read?name=" + encode(name));
  }
}
