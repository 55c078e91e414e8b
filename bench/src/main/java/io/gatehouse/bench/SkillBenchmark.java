package io.gatehouse.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.bench.client.TerminalServer;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Compares the list of skills. Open WebUI asks for it in each turn of a chat, and with each key
 * that is typed into a menu.
 */
final class SkillBenchmark {

  private static final String USER = "user0000";
  private static final int SKILLS = 20;
  private static final int CALLS_IN_ROUND = 50;

  /** Longer than Gatehouse gives the same list again without a look at the files. */
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final Rounds<TerminalServer> servers;

  SkillBenchmark(Rounds<TerminalServer> servers) {
    this.servers = servers;
  }

  void run() {
    System.err.println("skills");
    servers.sides().forEach(server -> server.run(USER, skills()));
    servers.compare("20 skills, warm: asked again at once, p50", CALLS_IN_ROUND, this::list);
    cold("20 skills, cold: asked after 2 s, p50", server -> {});
    cold(
        "20 skills, cold: one was changed before, p50",
        server -> server.run(USER, "echo >>.agents/skills/skill-7/SKILL.md"));
  }

  private static String skills() {
    return "for n in {1.."
        + SKILLS
        + "}; do mkdir -p .agents/skills/skill-$n && printf -- '---\\nname: skill-%s\\n"
        + "description: What to do in case %s\\n---\\nSteps\\n' $n $n"
        + " >.agents/skills/skill-$n/SKILL.md; done";
  }

  private void list(TerminalServer server) {
    JsonNode answer = server.ask(USER, "GET", "/skills");
    if (answer.size() != SKILLS
        || !answer.findValuesAsText("description").contains("What to do in case 13")) {
      throw new IllegalStateException("the list of skills is not whole: " + answer);
    }
  }

  private void cold(String what, Consumer<TerminalServer> before) {
    List<Times> times = servers.noTimes();
    for (int round = 0; round < servers.rounds(); round++) {
      servers.sides().forEach(before);
      Waiting.pause(PAUSE);
      for (int i = 0; i < times.size(); i++) {
        TerminalServer server = servers.sides().get(i);
        times.get(i).measure(() -> list(server));
      }
    }
    servers.report(what, times);
  }
}
