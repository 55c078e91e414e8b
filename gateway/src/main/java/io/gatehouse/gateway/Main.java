package io.gatehouse.gateway;

import io.gatehouse.gateway.http.HttpServer;
import io.gatehouse.gateway.isolation.IsolationException;
import io.gatehouse.gateway.isolation.IsolationException.Reason;
import io.gatehouse.gateway.ssh.SshConnector;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the gateway and stops it on SIGTERM. */
public final class Main {

  /** EX_CONFIG of sysexits.h: the settings are wrong, and starting again does not help. */
  private static final int WRONG_CONFIGURATION = 78;

  private static final int FAILED = 1;

  /**
   * The first version of Java in which a virtual thread that waits in a synchronized block does not
   * occupy a thread of the operating system (JEP 491).
   */
  private static final int FIRST_WITHOUT_PINNING = 24;

  private Main() {}

  /** Loads what every gateway needs, on two processors. */
  private static void load() throws InterruptedException {
    Thread ssh = Thread.ofPlatform().name("load").start(SshConnector::load);
    HttpServer.load();
    var unused = ssh.join(StartSignal.LIMIT);
  }

  /**
   * Starts the gateway.
   *
   * @param arguments {@link StartSignal#ARGUMENT}, or nothing
   */
  public static void main(String[] arguments) throws InterruptedException {
    long begin = System.nanoTime();
    Logger log = LoggerFactory.getLogger(Main.class);
    if (List.of(arguments).contains(StartSignal.ARGUMENT)) {
      load();
      if (!new StartSignal(System.in, StartSignal.LIMIT).await()) {
        // The script has printed the reason.
        System.exit(FAILED);
        return;
      }
    }
    Gateway gateway;
    try {
      Configuration configuration = Configuration.read(System.getenv());
      configuration.warnings().forEach(log::warn);
      if (Runtime.version().feature() < FIRST_WITHOUT_PINNING) {
        log.warn(
            "with Java {}, a few users with slow connections can block all other users; use Java {}"
                + " or newer",
            Runtime.version().feature(),
            FIRST_WITHOUT_PINNING);
      }
      // The key is printed and not logged, because logs may be kept elsewhere.
      configuration
          .access()
          .generatedKey()
          .ifPresent(key -> System.out.println("API key of this run: " + key.value()));
      gateway = Gateway.start(configuration);
    } catch (ConfigurationException wrong) {
      wrong.problems().forEach(problem -> log.error("wrong setting: {}", problem));
      System.exit(WRONG_CONFIGURATION);
      return;
    } catch (IsolationException weak) {
      log.error("{}REQUIRE_ISOLATION: {}", Configuration.PREFIX, weak.getMessage());
      System.exit(weak.reason() == Reason.NOT_IN_FORCE ? WRONG_CONFIGURATION : FAILED);
      return;
    } catch (RuntimeException failure) {
      // No request has come yet, so the message cannot name a user's file.
      log.error("the gateway cannot start: {}", failure.toString(), failure);
      System.exit(FAILED);
      return;
    }
    log.info(
        "Gatehouse listens on port {} after {} ms",
        gateway.port(),
        Duration.ofNanos(System.nanoTime() - begin).toMillis());
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(
                    () -> {
                      log.info("stopping");
                      gateway.close();
                      stopped.countDown();
                    }));
    stopped.await();
  }
}
