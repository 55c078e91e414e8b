package io.gatehouse.gateway.chat;

import java.util.Optional;

/**
 * A user and a chat: the key of everything that is kept between two requests.
 *
 * <p>The chat id is chosen by the browser and proves nothing; only together with the verified user
 * does it name anything.
 *
 * @param userId the verified user; empty for the one account of a server without isolation
 * @param chatId the chat; empty when the request belongs to no chat
 */
public record ChatScope(String userId, Optional<String> chatId) {

  /**
   * The most characters that a chat's id may have. Open WebUI sends UUIDs with at most a short
   * prefix.
   */
  public static final int LONGEST_CHAT_ID = 255;

  public ChatScope {
    if (chatId.isPresent() && chatId.get().length() > LONGEST_CHAT_ID) {
      throw new IllegalArgumentException(
          "a chat id has at most " + LONGEST_CHAT_ID + " characters");
    }
  }

  /**
   * Whether a request of this scope may find, by its id, something that belongs to the other scope.
   * It may if the user is the same, and the chat is the same or the request has none: a script has
   * no chat, and must find again the things whose ids it knows. A list, or a choice made without an
   * id, needs an {@linkplain #equals equal} scope instead.
   */
  public boolean mayFind(ChatScope other) {
    return userId.equals(other.userId) && (chatId.isEmpty() || chatId.equals(other.chatId));
  }
}
