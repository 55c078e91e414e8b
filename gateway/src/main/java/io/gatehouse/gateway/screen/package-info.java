/** Turns the output of programs into the plain text that a person would see. */
@NullMarked
package io.gatehouse.gateway.screen;

import org.jspecify.annotations.NullMarked;
