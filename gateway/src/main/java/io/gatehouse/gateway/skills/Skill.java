package io.gatehouse.gateway.skills;

/**
 * A skill as lists show it.
 *
 * @param description what it is good for, at most {@value #LONGEST_DESCRIPTION} characters
 * @param location the absolute path of its SKILL.md
 */
public record Skill(String name, String description, String location) {

  /** Characters, as in Open Terminal. */
  static final int LONGEST_DESCRIPTION = 1024;

  public Skill {
    if (description.codePointCount(0, description.length()) > LONGEST_DESCRIPTION) {
      description =
          description.substring(0, description.offsetByCodePoints(0, LONGEST_DESCRIPTION));
    }
  }

  /** Characters that it keeps in memory. */
  int length() {
    return name.length() + description.length() + location.length();
  }
}
