/** The endpoints of terminals, and the WebSockets that show them. */
@NullMarked
package io.gatehouse.gateway.http.terminal;

import org.jspecify.annotations.NullMarked;
