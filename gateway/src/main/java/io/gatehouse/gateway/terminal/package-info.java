/** Keeps interactive shells under ids and attaches viewers to them. */
@NullMarked
package io.gatehouse.gateway.terminal;

import org.jspecify.annotations.NullMarked;
