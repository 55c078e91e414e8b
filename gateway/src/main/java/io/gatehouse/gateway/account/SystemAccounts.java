package io.gatehouse.gateway.account;

import java.util.Optional;

/** The accounts that the operating system knows, whoever made them. */
interface SystemAccounts {

  boolean exists(AccountName name);

  Optional<String> nameOf(int uid);
}
