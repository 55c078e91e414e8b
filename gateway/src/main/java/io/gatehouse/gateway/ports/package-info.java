/** The TCP servers that an account's programs run: which there are, and connections to them. */
@NullMarked
package io.gatehouse.gateway.ports;

import org.jspecify.annotations.NullMarked;
