/** Implements the package {@code session} with Apache MINA SSHD. No other package speaks SSH. */
@NullMarked
package io.gatehouse.gateway.ssh;

import org.jspecify.annotations.NullMarked;
