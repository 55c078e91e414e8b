/** Shows what a person would see of the output of programs, as plain text. */
@NullMarked
package io.gatehouse.gateway.screen;

import org.jspecify.annotations.NullMarked;
