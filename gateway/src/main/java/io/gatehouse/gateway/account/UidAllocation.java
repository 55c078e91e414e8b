package io.gatehouse.gateway.account;

import io.gatehouse.gateway.account.AccountException.Reason;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Claims the uid of a new account: the uid of the home that it adopts, or a uid that nobody has.
 */
final class UidAllocation {

  static final int FIRST_UID = 20_000;

  /** The form of the file names of claims. Other files in that folder are not the gateway's. */
  private static final Pattern UID = Pattern.compile(Boundary.UID_FORM);

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
   * @throws AccountException CONFLICT if the home exists and has a uid that the account cannot
   *     have, REGISTRY if no uid is left
   */
  int claim(String owner, AccountName name, Path home) {
    OptionalInt homeOwner = homes.owner(home);
    return homeOwner.isPresent() ? adopt(owner, name, homeOwner.getAsInt()) : newUid(owner);
  }

  private int adopt(String owner, AccountName name, int uid) {
    boolean possible = uid >= Boundary.SMALLEST_UID && uid <= Boundary.LARGEST_UID;
    boolean foreign = system.nameOf(uid).filter(other -> !other.equals(name.value())).isPresent();
    if (!possible || foreign) {
      throw notAdoptable(name, uid, "a new account cannot have");
    }
    // Open Terminal numbers accounts anew in every container, so one uid may own several homes.
    if (homes.ownersExcept(name).contains(uid)) {
      throw notAdoptable(name, uid, "owns another home too");
    }
    if (!claims.claim(Integer.toString(uid), owner)) {
      throw notAdoptable(name, uid, "belongs to another account");
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
            + "; change the owner of the home or move it away");
  }

  private int newUid(String owner) {
    Set<Integer> taken =
        claims.names().stream()
            .filter(UID.asMatchPredicate())
            .map(Integer::valueOf)
            .collect(Collectors.toCollection(HashSet::new));
    int next = taken.stream().mapToInt(uid -> uid).max().orElse(0) + 1;
    // A home may still be there although its record is lost. An account that got the uid of such a
    // home could open the home.
    taken.addAll(homes.owners());
    return IntStream.concat(
            IntStream.range(Math.max(FIRST_UID, next), Boundary.LARGEST_UID),
            IntStream.range(FIRST_UID, Math.clamp(next, FIRST_UID, Boundary.LARGEST_UID)))
        .filter(uid -> !taken.contains(uid))
        .filter(uid -> system.nameOf(uid).isEmpty())
        .filter(uid -> claims.create(Integer.toString(uid), owner))
        .findFirst()
        .orElseThrow(
            () ->
                new AccountException(
                    Reason.REGISTRY,
                    "no account can be made, because all uids from "
                        + FIRST_UID
                        + " to "
                        + (Boundary.LARGEST_UID - 1)
                        + " are taken"));
  }
}
