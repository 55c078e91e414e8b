/** Fuzzers of what has no public door. */
@NullMarked
package io.gatehouse.gateway.screen;

import org.jspecify.annotations.NullMarked;
