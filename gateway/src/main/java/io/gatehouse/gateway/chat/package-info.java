/** What belongs to a chat of a user: its scope, and the directory in which it works. */
@NullMarked
package io.gatehouse.gateway.chat;

import org.jspecify.annotations.NullMarked;
