package io.gatehouse.gateway.account;

import io.gatehouse.gateway.account.AccountSettings.Naming;
import io.gatehouse.gateway.auth.User;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Proposes names for a user's account, the best first; which one it gets, the registry decides. */
final class AccountNames {

  /** Open Terminal's rule: so many characters of the id, if it has at least the fewest. */
  private static final int FROM_ID = 8;

  private static final int FEWEST_FROM_ID = 4;

  /** Hexadecimal digits of the id's hash that tell two users with one name apart. */
  private static final List<Integer> SUFFIXES = List.of(4, 8, 12);

  /** alice-2 to alice-50; who comes later is named by the id. */
  private static final int LAST_NUMBER = 50;

  private final String prefix;
  private final Naming naming;

  AccountNames(AccountSettings settings) {
    this.prefix = settings.prefix();
    this.naming = settings.naming();
  }

  Stream<AccountName> candidates(User user) {
    Stream<String> names =
        naming == Naming.EMAIL
            ? Stream.concat(fromMail(user).stream().flatMap(AccountNames::numbered), fromId(user))
            : fromId(user);
    return names
        .filter(AccountName::isValid)
        .map(AccountName::new)
        .filter(name -> !name.isReserved());
  }

  private Stream<String> fromId(User user) {
    String usable = user.id().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    String hash = UserKey.of(user.id());
    String base =
        withPrefix(
            usable.length() >= FEWEST_FROM_ID
                ? usable.substring(0, Math.min(FROM_ID, usable.length()))
                : hash.substring(0, FROM_ID));
    return Stream.concat(
        Stream.of(base), SUFFIXES.stream().map(digits -> base + "-" + hash.substring(0, digits)));
  }

  private Optional<String> fromMail(User user) {
    return user.email()
        .map(
            mail ->
                mail.replaceFirst("@.*", "")
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^a-z0-9]+", "-")
                    .replaceAll("^-+|-+$", ""))
        .filter(name -> !name.isEmpty())
        .map(this::withPrefix)
        .map(name -> name.substring(0, Math.min(name.length(), AccountName.LONGEST - 3)));
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
