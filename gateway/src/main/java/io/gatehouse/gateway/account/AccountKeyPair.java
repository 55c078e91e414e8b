package io.gatehouse.gateway.account;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/** The Ed25519 pair with which the gateway logs in as one account. */
public final class AccountKeyPair {

  /** The length of a line, in characters, as ssh-keygen writes it. */
  private static final int LINE = 70;

  private static final String TYPE = "ssh-ed25519";

  /**
   * The bytes of each half of a pair. Java's encodings of a public key (RFC 8410, section 4) and of
   * a private key (section 7) end with them.
   */
  private static final int KEY_BYTES = 32;

  /** The size to which the private part of OpenSSH's file is padded if it is not encrypted. */
  private static final int BLOCK = 8;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final AccountName name;
  private final KeyPair pair;

  private AccountKeyPair(AccountName name, KeyPair pair) {
    this.name = name;
    this.pair = pair;
  }

  /** Makes a new pair. */
  static AccountKeyPair generate(AccountName name) {
    try {
      return new AccountKeyPair(name, KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java since 15 has Ed25519", impossible);
    }
  }

  /** The private half as a file of OpenSSH's, with the line break at its end. */
  public String openSshPrivateKey() {
    byte[] lineBreak = {'\n'};
    return "-----BEGIN OPENSSH PRIVATE KEY-----\n"
        + Base64.getMimeEncoder(LINE, lineBreak).encodeToString(privateFile())
        + "\n-----END OPENSSH PRIVATE KEY-----\n";
  }

  /** The file before its encoding as text, in the form of OpenSSH's PROTOCOL.key. */
  private byte[] privateFile() {
    return written(
        file -> {
          file.write("openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII));
          // The key is not encrypted: the names of the cipher and of the key derivation are "none",
          // and the derivation has no options.
          putText(file, "none");
          putText(file, "none");
          putText(file, "");
          file.writeInt(1);
          putBytes(file, publicBlob());
          putBytes(file, privatePart());
        });
  }

  private byte[] privatePart() {
    byte[] publicBytes = last(pair.getPublic());
    byte[] part =
        written(
            file -> {
              // OpenSSH compares these two numbers after it has decrypted a key.
              int check = RANDOM.nextInt();
              file.writeInt(check);
              file.writeInt(check);
              putText(file, TYPE);
              putBytes(file, publicBytes);
              file.writeInt(2 * KEY_BYTES);
              file.write(last(pair.getPrivate()));
              file.write(publicBytes);
              putText(file, "");
            });
    byte[] padded = Arrays.copyOf(part, (part.length + BLOCK - 1) / BLOCK * BLOCK);
    for (int index = part.length; index < padded.length; index++) {
      padded[index] = (byte) (index - part.length + 1);
    }
    return padded;
  }

  private byte[] publicBlob() {
    return written(
        blob -> {
          putText(blob, TYPE);
          putBytes(blob, last(pair.getPublic()));
        });
  }

  private static byte[] last(Key key) {
    byte[] encoded = key.getEncoded();
    return Arrays.copyOfRange(encoded, encoded.length - KEY_BYTES, encoded.length);
  }

  /** Writes one thing. */
  private interface Part {
    void write(DataOutputStream to) throws IOException;
  }

  private static byte[] written(Part part) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream to = new DataOutputStream(bytes)) {
      part.write(to);
    } catch (IOException impossible) {
      throw new IllegalStateException("writing into memory cannot fail", impossible);
    }
    return bytes.toByteArray();
  }

  private static void putText(DataOutputStream to, String text) throws IOException {
    putBytes(to, text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void putBytes(DataOutputStream to, byte[] bytes) throws IOException {
    to.writeInt(bytes.length);
    to.write(bytes);
  }

  /** The public half as one line of an authorized_keys file, with its line break. */
  public String openSshPublicKey() {
    String text = Base64.getEncoder().encodeToString(publicBlob());
    return TYPE + " " + text + " gatehouse:" + name + "\n";
  }

  /** The pair for Java's own interfaces. */
  public KeyPair keyPair() {
    return pair;
  }

  /** Shows the name only, so that no part of the key gets into a log. */
  @Override
  public String toString() {
    return "AccountKeyPair[" + name + ", redacted]";
  }
}
