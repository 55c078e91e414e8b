/** Finds the TCP servers that an account's programs run, and connects to them. */
@NullMarked
package io.gatehouse.gateway.ports;

import org.jspecify.annotations.NullMarked;
