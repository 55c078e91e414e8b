/** Runs commands and keeps their output under an id. */
@NullMarked
package io.gatehouse.gateway.exec;

import org.jspecify.annotations.NullMarked;
