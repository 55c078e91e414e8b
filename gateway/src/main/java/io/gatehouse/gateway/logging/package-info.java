/** The form of the gateway's log, which logback.xml sets up. */
@NullMarked
package io.gatehouse.gateway.logging;

import org.jspecify.annotations.NullMarked;
