package io.gatehouse.gateway.account;

import io.gatehouse.gateway.account.AccountSettings.Naming;
import io.gatehouse.gateway.auth.User;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Proposes names for a user's account, the best first. The registry takes the first name that is
 * free.
 */
final class AccountNames {

  /**
   * A proposed name.
   *
   * @param adopts whether an existing home of this name may become the user's. Only a name from the
   *     id may adopt a home: users choose their mail addresses, and could choose an address that
   *     gives the name of somebody else's home.
   */
  record Candidate(AccountName name, boolean adopts) {}

  /**
   * The number of characters of an id that make a name, as in Open Terminal. An id with fewer than
   * {@link #FEWEST_FROM_ID} usable characters is replaced by its hash.
   */
  private static final int FROM_ID = 8;

  private static final int FEWEST_FROM_ID = 4;

  /**
   * The numbers of hexadecimal digits of the id's hash that are added to a name that another user
   * has, in the order in which they are tried.
   */
  private static final List<Integer> SUFFIXES = List.of(4, 8, 16, 32);

  /**
   * The last number that is added to a name from a mail address: alice-2 to alice-50. Further users
   * with the same name are named from their ids.
   */
  private static final int LAST_NUMBER = 50;

  private static final int LONGEST_NUMBERED = Boundary.LONGEST_ACCOUNT_NAME - "-50".length();

  private final String prefix;

  AccountNames(String prefix) {
    this.prefix = prefix;
  }

  /**
   * The candidates, a few dozen at most. If all are taken, the user gets an error, instead of a
   * search without end.
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

  /** Whether this name is made from the user's id. */
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
    return name.substring(0, Math.min(name.length(), Boundary.LONGEST_ACCOUNT_NAME));
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
