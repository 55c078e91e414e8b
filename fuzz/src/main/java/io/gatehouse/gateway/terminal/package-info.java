/** Fuzzers of what has no public door. */
@NullMarked
package io.gatehouse.gateway.terminal;

import org.jspecify.annotations.NullMarked;
