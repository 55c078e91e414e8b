package io.gatehouse.gateway.http.skills;

import com.fasterxml.jackson.core.JsonGenerator;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.skills.Skill;
import io.gatehouse.gateway.skills.SkillText;
import io.gatehouse.gateway.skills.Skills;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Lists and reads the caller's skills.
 *
 * <p>Open WebUI asks for the list in each turn of a chat. Without the field {@code id}, or with an
 * answer that takes ten seconds, the turn ends with an error.
 */
public final class SkillEndpoints {

  private final Skills skills;

  public SkillEndpoints(Skills skills) {
    this.skills = skills;
  }

  public void list(Exchange exchange) throws IOException {
    List<Skill> found = skills.list(exchange.scope().userId(), exchange::openAccount);
    exchange.jsonStream(
        (json, out) -> {
          json.writeStartArray();
          for (Skill skill : found) {
            json.writeStartObject();
            write(json, skill);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  public void read(Exchange exchange) throws IOException {
    answer(exchange, exchange.query(ReadSkillQuery.class).name());
  }

  /** Open WebUI 0.11.4 asks in this way. */
  public void readByPath(Exchange exchange) throws IOException {
    answer(exchange, exchange.pathParameter("name"));
  }

  private void answer(Exchange exchange, String name) throws IOException {
    SkillText text =
        skills
            .read(exchange.scope().userId(), exchange::openAccount, name)
            .orElseThrow(() -> new RefusedException(404, "Skill not found"));
    exchange.jsonStream(
        (json, out) -> {
          json.writeStartObject();
          write(json, text.skill());
          json.writeStringField("content", text.content());
          json.writeArrayFieldStart("resources");
          for (String resource : text.resources()) {
            json.writeString(resource);
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, Skill skill) throws IOException {
    json.writeStringField("id", "terminal:" + quoted(skill.name()));
    json.writeStringField("name", skill.name());
    json.writeStringField("description", skill.description());
    json.writeStringField("location", skill.location());
    json.writeStringField("scope", "global");
    json.writeStringField("source", "terminal");
  }

  /** Quotes as Python's {@code urllib.parse.quote} does without safe characters (RFC 3986, 2.3). */
  private static String quoted(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }
}
