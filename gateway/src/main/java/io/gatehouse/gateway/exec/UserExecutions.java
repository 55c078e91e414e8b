package io.gatehouse.gateway.exec;

import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The executions of one user, oldest first. */
final class UserExecutions {

  // Guarded by the lock of this object.
  private final Map<String, Execution> executions = new LinkedHashMap<>();
  private long characters;

  synchronized void add(Execution execution) {
    executions.put(execution.id(), execution);
    characters += execution.text().length();
    if (isTooMuch()) {
      dropOldestEnded();
    }
  }

  private boolean isTooMuch() {
    return executions.size()
            > ExecutionSettings.MOST_ENDED_OF_USER + ExecutionSettings.MOST_RUNNING_OF_USER
        || characters > ExecutionSettings.MOST_CHARACTERS_OF_USER;
  }

  private void dropOldestEnded() {
    Iterator<Execution> oldestFirst = executions.values().iterator();
    while (isTooMuch() && oldestFirst.hasNext()) {
      Execution oldest = oldestFirst.next();
      if (oldest.endedAt().isPresent()) {
        oldestFirst.remove();
        characters -= oldest.text().length();
      }
    }
  }

  synchronized void remove(Execution execution) {
    if (executions.remove(execution.id(), execution)) {
      characters -= execution.text().length();
    }
  }

  synchronized void expire(Instant expiry) {
    executions.values().removeIf(each -> isExpired(each, expiry));
    characters = executions.values().stream().mapToLong(each -> each.text().length()).sum();
  }

  synchronized List<Execution> all(Instant expiry) {
    return executions.values().stream().filter(each -> !isExpired(each, expiry)).toList();
  }

  synchronized Optional<Execution> find(String id, Instant expiry) {
    return Optional.ofNullable(executions.get(id)).filter(each -> !isExpired(each, expiry));
  }

  private static boolean isExpired(Execution execution, Instant expiry) {
    return execution.endedAt().map(expiry::isAfter).orElse(false);
  }
}
