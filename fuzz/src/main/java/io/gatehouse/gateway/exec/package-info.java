/** Fuzzers of what has no public door. */
@NullMarked
package io.gatehouse.gateway.exec;

import org.jspecify.annotations.NullMarked;
