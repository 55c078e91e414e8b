package io.gatehouse.gateway.skills;

import java.util.List;

/**
 * A skill with its whole text.
 *
 * @param content the text after the front matter
 * @param resources the other files of the skill's folder, relative to it
 */
public record SkillText(Skill skill, String content, List<String> resources) {

  public SkillText {
    resources = List.copyOf(resources);
  }
}
