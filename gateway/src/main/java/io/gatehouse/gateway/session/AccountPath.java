package io.gatehouse.gateway.session;

import io.gatehouse.gateway.account.Account;

/**
 * An absolute path, and the account that uses it.
 *
 * @param path absolute, without {@code .} and {@code ..}, in the spelling of {@link FileNames}
 */
public record AccountPath(Account account, String path) {}
