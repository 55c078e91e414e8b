/** Keeps interactive shells under an id and attaches viewers to them. */
@NullMarked
package io.gatehouse.gateway.terminal;

import org.jspecify.annotations.NullMarked;
