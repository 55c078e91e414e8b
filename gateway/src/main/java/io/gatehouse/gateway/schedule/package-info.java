/** Repeats tasks at regular intervals, such as the removal of old logs. */
@NullMarked
package io.gatehouse.gateway.schedule;

import org.jspecify.annotations.NullMarked;
