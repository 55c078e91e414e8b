package io.gatehouse.gateway.account;

import io.gatehouse.gateway.account.AccountException.Reason;
import io.gatehouse.gateway.account.AccountSettings.Naming;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides, where the admin has not, whether the new accounts of a volume are named from ids or from
 * mail addresses.
 *
 * <p>The decision is made once and written into the registry, so that it stays the same when homes
 * come and go, and so that two gateways on one volume agree, even if they decide at the same
 * moment.
 */
final class VolumeNaming {

  private static final Logger LOG = LoggerFactory.getLogger(VolumeNaming.class);
  private static final String FILE = "naming";

  private final Claims folder;

  /** The decision; null until it is asked for. */
  private final AtomicReference<@Nullable Naming> known = new AtomicReference<>();

  VolumeNaming(Path registry) {
    this.folder = new Claims(registry);
  }

  /**
   * Returns the decision, and makes it if there is none yet.
   *
   * @param proposal gives the decision, if there is none yet
   */
  Naming decide(Supplier<Naming> proposal) {
    Naming decided = known.get();
    if (decided == null) {
      decided = find().orElseGet(() -> propose(proposal.get()));
      known.set(decided);
    }
    return decided;
  }

  private Naming propose(Naming naming) {
    if (folder.create(FILE, word(naming))) {
      LOG.info(
          "accounts of new users on this volume are named from {}",
          naming == Naming.EMAIL
              ? "their mail addresses"
              : "their ids, as the accounts or homes on it are already");
    }
    // Another gateway may have been faster. Then its decision counts.
    return find().orElse(naming);
  }

  private Optional<Naming> find() {
    return folder.find(FILE).map(this::naming);
  }

  private Naming naming(String content) {
    for (Naming each : new Naming[] {Naming.ID, Naming.EMAIL}) {
      if (content.strip().equals(word(each))) {
        return each;
      }
    }
    throw new AccountException(
        Reason.REGISTRY,
        folder.path(FILE)
            + " must contain id or email; write one of the two into it, or set"
            + " OPEN_TERMINAL_ACCOUNT_NAMES");
  }

  private static String word(Naming naming) {
    return naming.name().toLowerCase(Locale.ROOT);
  }
}
