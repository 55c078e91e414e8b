package io.gatehouse.gateway.account;

import io.gatehouse.gateway.account.AccountException.Reason;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Claims the uid of a new account: that of the home which it adopts, or one that nobody has. */
final class UidAllocation {

  static final int FIRST_UID = 20_000;

  /** The file names of claims. Other files in that folder are not the gateway's. */
  private static final Pattern UID = Pattern.compile("[1-9][0-9]{3,4}");

  private final Claims claims;
  private final Homes homes;
  private final SystemAccounts system;

  UidAllocation(Claims claims, Homes homes, SystemAccounts system) {
    this.claims = claims;
    this.homes = homes;
    this.system = system;
  }

  /**
   * @param owner the key of the user whose account it is
   * @throws AccountException CONFLICT if the home is there with a uid that the account cannot have,
   *     REGISTRY if no uid is left
   */
  int claim(String owner, AccountName name, Path home) {
    OptionalInt homeOwner = homes.owner(home);
    return homeOwner.isPresent() ? adopt(owner, name, homeOwner.getAsInt()) : newUid(owner);
  }

  private int adopt(String owner, AccountName name, int uid) {
    boolean possible = uid >= Account.SMALLEST_UID && uid <= Account.LARGEST_UID;
    boolean foreign = system.nameOf(uid).filter(other -> !other.equals(name.value())).isPresent();
    if (!possible || foreign) {
      throw notAdoptable(name, uid, "cannot be that of a new account");
    }
    // Open Terminal numbers accounts anew in every container, so one uid may own several homes.
    if (homes.ownersExcept(name).contains(uid)) {
      throw notAdoptable(name, uid, "owns another home too");
    }
    if (!claims.claim(Integer.toString(uid), owner)) {
      throw notAdoptable(name, uid, "is another account's");
    }
    return uid;
  }

  private AccountException notAdoptable(AccountName name, int uid, String why) {
    return Homes.conflict(
        homes.of(name)
            + " belongs to uid "
            + uid
            + ", which "
            + why
            + "; give it another owner or move it away");
  }

  private int newUid(String owner) {
    Set<Integer> taken =
        claims.names().stream()
            .filter(UID.asMatchPredicate())
            .map(Integer::valueOf)
            .collect(Collectors.toCollection(HashSet::new));
    int next = taken.stream().mapToInt(uid -> uid).max().orElse(0) + 1;
    // A home may have outlived its record. Its uid would open it to the account that gets the uid.
    taken.addAll(homes.owners());
    return IntStream.concat(
            IntStream.range(Math.max(FIRST_UID, next), Account.LARGEST_UID),
            IntStream.range(FIRST_UID, Math.clamp(next, FIRST_UID, Account.LARGEST_UID)))
        .filter(uid -> !taken.contains(uid))
        .filter(uid -> system.nameOf(uid).isEmpty())
        .filter(uid -> claims.create(Integer.toString(uid), owner))
        .findFirst()
        .orElseThrow(
            () ->
                new AccountException(
                    Reason.REGISTRY, "no uid below " + Account.LARGEST_UID + " is left"));
  }
}
