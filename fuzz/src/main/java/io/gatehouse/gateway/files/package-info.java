/** Fuzzers of what has no public door. */
@NullMarked
package io.gatehouse.gateway.files;

import org.jspecify.annotations.NullMarked;
