package io.gatehouse.gateway.support;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;

/** Counts logins that succeed. */
record LoginCounter(AtomicInteger logins) implements SessionListener {

  @Override
  public void sessionEvent(Session session, Event event) {
    if (event == Event.Authenticated) {
      logins.incrementAndGet();
    }
  }
}
