/** Fuzzers of what has no public door. */
@NullMarked
package io.gatehouse.gateway.ssh;

import org.jspecify.annotations.NullMarked;
