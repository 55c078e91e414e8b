/** The scope of a user's chat, and the directory in which the chat works. */
@NullMarked
package io.gatehouse.gateway.chat;

import org.jspecify.annotations.NullMarked;
