package io.gatehouse.gateway.http.skills;

import io.gatehouse.gateway.http.binding.Described;

/** The parameters of {@code /skills/read}. */
public record ReadSkillQuery(@Described("The name of the skill.") String name) {}
