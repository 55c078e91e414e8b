/** Classes that all fuzzers share. */
@NullMarked
package io.gatehouse.fuzz;

import org.jspecify.annotations.NullMarked;
