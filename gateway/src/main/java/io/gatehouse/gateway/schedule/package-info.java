/** Repeats tasks at regular intervals, such as the removal of what is too old. */
@NullMarked
package io.gatehouse.gateway.schedule;

import org.jspecify.annotations.NullMarked;
