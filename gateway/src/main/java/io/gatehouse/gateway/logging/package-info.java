/** The gateway's log: what is logged, and the form of its lines. */
@NullMarked
package io.gatehouse.gateway.logging;

import org.jspecify.annotations.NullMarked;
