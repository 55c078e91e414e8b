package io.gatehouse.gateway.account;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.generators.Ed25519KeyPairGenerator;
import org.bouncycastle.crypto.params.Ed25519KeyGenerationParameters;
import org.bouncycastle.crypto.util.OpenSSHPrivateKeyUtil;
import org.bouncycastle.crypto.util.OpenSSHPublicKeyUtil;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** The Ed25519 pair with which the gateway logs in as one account. */
public final class AccountKeyPair {

  /** The length of a line, in characters, as ssh-keygen writes it. */
  private static final int LINE = 70;

  /**
   * One provider for all keys, because making a provider costs more than a key. It is not
   * registered with the JVM.
   */
  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

  private final AccountName name;
  private final AsymmetricCipherKeyPair pair;
  private final KeyPair keyPair;

  private AccountKeyPair(AccountName name, AsymmetricCipherKeyPair pair) {
    this.name = name;
    this.pair = pair;
    this.keyPair = converted(pair);
  }

  /** Makes a new pair. */
  static AccountKeyPair generate(AccountName name) {
    Ed25519KeyPairGenerator generator = new Ed25519KeyPairGenerator();
    generator.init(new Ed25519KeyGenerationParameters(new SecureRandom()));
    return new AccountKeyPair(name, generator.generateKeyPair());
  }

  /** The private half as a file of OpenSSH's, with the line break at its end. */
  public String openSshPrivateKey() {
    try {
      byte[] encoded = OpenSSHPrivateKeyUtil.encodePrivateKey(pair.getPrivate());
      byte[] lineBreak = {'\n'};
      return "-----BEGIN OPENSSH PRIVATE KEY-----\n"
          + Base64.getMimeEncoder(LINE, lineBreak).encodeToString(encoded)
          + "\n-----END OPENSSH PRIVATE KEY-----\n";
    } catch (IOException impossible) {
      throw new IllegalStateException("a new key cannot be encoded", impossible);
    }
  }

  /** The public half as one line of an authorized_keys file, with its line break. */
  public String openSshPublicKey() {
    try {
      byte[] encoded = OpenSSHPublicKeyUtil.encodePublicKey(pair.getPublic());
      String text = new String(Base64.getEncoder().encode(encoded), StandardCharsets.US_ASCII);
      return "ssh-ed25519 " + text + " gatehouse:" + name + "\n";
    } catch (IOException impossible) {
      throw new IllegalStateException("a new key cannot be encoded", impossible);
    }
  }

  /** The pair for Java's own interfaces. */
  public KeyPair keyPair() {
    return keyPair;
  }

  private static KeyPair converted(AsymmetricCipherKeyPair pair) {
    try {
      KeyFactory factory = KeyFactory.getInstance("Ed25519", BOUNCY_CASTLE);
      return new KeyPair(
          factory.generatePublic(
              new X509EncodedKeySpec(
                  SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(pair.getPublic())
                      .getEncoded())),
          factory.generatePrivate(
              new PKCS8EncodedKeySpec(
                  PrivateKeyInfoFactory.createPrivateKeyInfo(pair.getPrivate()).getEncoded())));
    } catch (IOException | GeneralSecurityException impossible) {
      throw new IllegalStateException("a new key cannot be converted", impossible);
    }
  }

  /** Shows the name only, so that no part of the key gets into a log. */
  @Override
  public String toString() {
    return "AccountKeyPair[" + name + ", redacted]";
  }
}
