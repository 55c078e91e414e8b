/** Implements {@code session} with Apache MINA SSHD; the only package that speaks SSH. */
@NullMarked
package io.gatehouse.gateway.ssh;

import org.jspecify.annotations.NullMarked;
