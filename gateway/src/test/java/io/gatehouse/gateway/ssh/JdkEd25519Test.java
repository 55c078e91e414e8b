package io.gatehouse.gateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.loader.openssh.OpenSSHKeyPairResourceParser;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JdkEd25519Test {

  /** The first test of RFC 8032, section 7.1. */
  private static final byte[] SEED =
      HexFormat.of().parseHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");

  private static final byte[] PUBLIC =
      HexFormat.of().parseHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");

  @Test
  void findsThePublicHalfOfThePrivateHalf() throws Exception {
    assertThat(
            SecurityUtils.recoverEDDSAPublicKey(
                SecurityUtils.generateEDDSAPrivateKey("ssh-ed25519", SEED)))
        .isEqualTo(SecurityUtils.generateEDDSAPublicKey("ssh-ed25519", PUBLIC));
  }

  @Test
  void readsWhatSshKeygenWritesAndSignsWithIt(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("key");
    Process keygen =
        new ProcessBuilder(
                "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file.toString())
            .start();
    assertThat(keygen.waitFor(10, TimeUnit.SECONDS)).isTrue();
    KeyPair pair =
        OpenSSHKeyPairResourceParser.INSTANCE
            .loadKeyPairs(null, NamedResource.ofName("key"), null, Files.readAllLines(file))
            .iterator()
            .next();
    byte[] challenge = "challenge".getBytes(StandardCharsets.UTF_8);
    Signature signer = BuiltinSignatures.ed25519.create();
    signer.initSigner(null, pair.getPrivate());
    signer.update(null, challenge);
    byte[] signature = signer.sign(null);

    assertThat(verifies(folder, challenge, signature)).isTrue();
    challenge[0]++;
    assertThat(verifies(folder, challenge, signature)).isFalse();
  }

  private static boolean verifies(Path folder, byte[] text, byte[] signature) throws Exception {
    Signature verifier = BuiltinSignatures.ed25519.create();
    verifier.initVerifier(
        null,
        PublicKeyEntry.parsePublicKeyEntry(Files.readString(folder.resolve("key.pub")).strip())
            .resolvePublicKey(null, null, null));
    verifier.update(null, text);
    return verifier.verify(null, signature);
  }

  @Test
  void comparesPublicKeysByTheirBytes() throws Exception {
    KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();

    assertThat(
            KeyUtils.compareKeys(
                SecurityUtils.generateEDDSAPublicKey("ssh-ed25519", PUBLIC),
                SecurityUtils.generateEDDSAPublicKey("ssh-ed25519", PUBLIC)))
        .isTrue();
    assertThat(
            KeyUtils.compareKeys(
                SecurityUtils.generateEDDSAPublicKey("ssh-ed25519", PUBLIC), other.getPublic()))
        .isFalse();
  }

  @Test
  void refusesAKeyOfAnotherLength() {
    assertThatThrownBy(() -> SecurityUtils.generateEDDSAPublicKey("ssh-ed25519", new byte[31]))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessage("an Ed25519 key must have 32 bytes, not 31");
  }

  @Test
  void usesTheJdkAndNoOtherLibrary() {
    assertThat(SecurityUtils.isBouncyCastleRegistered()).isFalse();
    assertThat(SecurityUtils.isNetI2pCryptoEdDSARegistered()).isFalse();
  }
}
