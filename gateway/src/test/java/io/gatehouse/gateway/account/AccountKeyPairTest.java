package io.gatehouse.gateway.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AccountKeyPairTest {

  private final AccountKeyPair key = AccountKeyPair.generate(new AccountName("alice"));

  @Test
  void writesThePrivateKeyAsOpenSshDoes() {
    assertThat(key.openSshPrivateKey())
        .startsWith("-----BEGIN OPENSSH PRIVATE KEY-----\n")
        .endsWith("\n-----END OPENSSH PRIVATE KEY-----\n")
        .satisfies(text -> assertThat(text.lines()).allMatch(line -> line.length() <= 70));
  }

  @Test
  void writesThePublicKeyOnOneLine() {
    assertThat(key.openSshPublicKey()).matches("ssh-ed25519 [A-Za-z0-9+/]{68} gatehouse:alice\n");
  }

  @Test
  void sshKeygenFindsThePublicKeyInThePrivate(@TempDir Path folder) throws Exception {
    Path file =
        Files.createFile(
            folder.resolve("key"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, key.openSshPrivateKey());

    Process keygen = new ProcessBuilder("ssh-keygen", "-y", "-f", file.toString()).start();
    String printed = new String(keygen.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(keygen.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(key.openSshPublicKey()).startsWith(printed.strip());
    assertThat(keygen.exitValue()).isZero();
  }

  @Test
  void signsForTheSshClient() throws Exception {
    byte[] challenge = "challenge".getBytes(StandardCharsets.UTF_8);
    Signature signer = BuiltinSignatures.ed25519.create();
    signer.initSigner(null, key.keyPair().getPrivate());
    signer.update(null, challenge);
    Signature verifier = BuiltinSignatures.ed25519.create();
    verifier.initVerifier(
        null,
        PublicKeyEntry.parsePublicKeyEntry(key.openSshPublicKey().strip())
            .resolvePublicKey(null, null, null));
    verifier.update(null, challenge);

    assertThat(verifier.verify(null, signer.sign(null))).isTrue();
    assertThat(KeyUtils.getKeyType(key.keyPair())).isEqualTo("ssh-ed25519");
  }

  @Test
  void isAnotherOneEachTime() {
    assertThat(AccountKeyPair.generate(new AccountName("alice")).openSshPublicKey())
        .isNotEqualTo(key.openSshPublicKey());
  }

  @Test
  void tellsNothingOfItself() {
    assertThat(key).hasToString("AccountKeyPair[alice, redacted]");
  }
}
