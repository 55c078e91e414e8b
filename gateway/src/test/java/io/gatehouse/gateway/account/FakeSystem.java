package io.gatehouse.gateway.account;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** An operating system with the accounts that a test defines. */
final class FakeSystem implements SystemAccounts {

  private final Map<String, Integer> uids = new ConcurrentHashMap<>();

  FakeSystem with(String name, int uid) {
    uids.put(name, uid);
    return this;
  }

  @Override
  public boolean exists(AccountName name) {
    return uids.containsKey(name.value());
  }

  @Override
  public Optional<String> nameOf(int uid) {
    return uids.entrySet().stream()
        .filter(entry -> entry.getValue() == uid)
        .map(Map.Entry::getKey)
        .findFirst();
  }
}
