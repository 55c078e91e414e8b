package io.gatehouse.gateway.account;

import io.gatehouse.gateway.account.AccountSettings.Naming;
import io.gatehouse.gateway.auth.User;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Proposes names for a user's account, the best first; which one it gets, the registry decides. */
final class AccountNames {

  /**
   * One proposal.
   *
   * @param adopts whether a home that is already there under this name may become the user's: only
   *     where the name comes from the id. A mail address is chosen by its user, who could choose
   *     one that reads like the home of somebody else.
   */
  record Candidate(AccountName name, boolean adopts) {}

  /** A name by Open Terminal's rule: the first characters of the id, if it has enough of them. */
  private static final int FROM_ID = 8;

  private static final int FEWEST_FROM_ID = 4;

  /**
   * The number of hexadecimal digits, of the hash of an id, that tell two users with one name
   * apart.
   */
  private static final List<Integer> SUFFIXES = List.of(4, 8, 16, 32);

  /**
   * Candidates for users of one name: alice-2 to alice-50. Further users are named by their ids.
   */
  private static final int LAST_NUMBER = 50;

  private static final int LONGEST_NUMBERED = AccountName.LONGEST - "-50".length();

  private final String prefix;

  AccountNames(String prefix) {
    this.prefix = prefix;
  }

  /**
   * A few dozen at most: who gets none of them is told so, instead of searching for ever.
   *
   * @param naming ID or EMAIL
   */
  Stream<Candidate> candidates(User user, Naming naming) {
    Stream<Candidate> ofId =
        fromId(user.id()).map(name -> new Candidate(new AccountName(name), true));
    Stream<Candidate> ofMail =
        naming == Naming.EMAIL
            ? fromMail(user).stream()
                .flatMap(AccountNames::numbered)
                .map(name -> new Candidate(new AccountName(name), false))
            : Stream.empty();
    return Stream.concat(ofMail, ofId)
        .filter(candidate -> !candidate.name().isReserved())
        .filter(candidate -> !candidate.name().isReservedWith(prefix));
  }

  /** Whether this user's account has its name from the id. */
  boolean isFromId(AccountName name, String userId) {
    return fromId(userId).anyMatch(name.value()::equals);
  }

  private Stream<String> fromId(String userId) {
    String usable = userId.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    String hash = UserKey.of(userId);
    String base =
        withPrefix(
            usable.length() >= FEWEST_FROM_ID
                ? usable.substring(0, Math.min(FROM_ID, usable.length()))
                : hash.substring(0, FROM_ID));
    return Stream.concat(
            Stream.of(base),
            SUFFIXES.stream().map(digits -> shortened(base + "-" + hash.substring(0, digits))))
        .distinct();
  }

  private Optional<String> fromMail(User user) {
    return user.email()
        .map(
            mail ->
                Normalizer.normalize(mail.replaceFirst("(?s)@.*", ""), Normalizer.Form.NFKD)
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("\\p{M}", "")
                    .replaceAll("[^a-z0-9]+", "-")
                    .replaceAll("^-|-$", ""))
        .filter(name -> !name.isEmpty())
        .map(this::withPrefix)
        .map(name -> name.substring(0, Math.min(name.length(), LONGEST_NUMBERED)));
  }

  private static String shortened(String name) {
    return name.substring(0, Math.min(name.length(), AccountName.LONGEST));
  }

  private static Stream<String> numbered(String name) {
    return Stream.concat(
        Stream.of(name),
        IntStream.rangeClosed(2, LAST_NUMBER).mapToObj(number -> name + "-" + number));
  }

  private String withPrefix(String name) {
    String whole = prefix + name;
    return Character.isDigit(whole.charAt(0)) ? "u" + whole : whole;
  }
}
