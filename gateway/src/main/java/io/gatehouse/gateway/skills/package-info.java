/** Finds the skills that an account can read: folders with a file SKILL.md. */
@NullMarked
package io.gatehouse.gateway.skills;

import org.jspecify.annotations.NullMarked;
