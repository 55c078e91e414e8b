package io.gatehouse.gateway.ssh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.KeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Optional;
import org.apache.sshd.common.config.keys.PrivateKeyEntryDecoder;
import org.apache.sshd.common.config.keys.PublicKeyEntryDecoder;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.security.SecurityProviderRegistrar;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.common.util.security.eddsa.generic.EdDSASupport;
import org.apache.sshd.common.util.security.eddsa.generic.EdDSAUtils;
import org.apache.sshd.common.util.security.eddsa.generic.GenericEd25519PublicKeyDecoder;
import org.apache.sshd.common.util.security.eddsa.generic.GenericOpenSSHEd25519PrivateKeyEntryDecoder;
import org.apache.sshd.common.util.security.eddsa.generic.GenericSignatureEd25519;

/**
 * Gives MINA SSHD the Ed25519 of the JDK. MINA 2.20 itself knows Ed25519 only from BouncyCastle and
 * from an abandoned library (github.com/apache/mina-sshd/issues/585).
 *
 * <p>BouncyCastle's jar is signed, so no class of it can be in the JDK's AOT cache, and the start
 * of the gateway verified the signature of 7 MB and loaded hundreds of its classes.
 */
final class JdkEd25519 implements EdDSASupport<EdECPublicKey, EdECPrivateKey> {

  /** The name of the JDK's algorithms for signatures and keys. */
  private static final String ALGORITHM = SecurityUtils.EDDSA;

  private static final int KEY_BYTES = 32;

  private JdkEd25519() {}

  /**
   * Registers this with MINA. It must be called before MINA reads or uses a key, because MINA
   * remembers then which kinds of keys there are.
   */
  static void register() {
    var unused = SecurityUtils.registerSecurityProvider(new Registrar());
  }

  @Override
  public PublicKeyEntryDecoder<EdECPublicKey, EdECPrivateKey> getEDDSAPublicKeyEntryDecoder() {
    return new GenericEd25519PublicKeyDecoder<>(EdECPublicKey.class, EdECPrivateKey.class, this);
  }

  @Override
  public PrivateKeyEntryDecoder<EdECPublicKey, EdECPrivateKey>
      getOpenSSHEDDSAPrivateKeyEntryDecoder() {
    return new GenericOpenSSHEd25519PrivateKeyEntryDecoder<>(
        EdECPublicKey.class, EdECPrivateKey.class, this);
  }

  @Override
  public Signature getEDDSASigner() {
    return new GenericSignatureEd25519(ALGORITHM);
  }

  @Override
  public int getEDDSAKeySize(Key key) {
    return key instanceof EdECPublicKey || key instanceof EdECPrivateKey ? KEY_SIZE : -1;
  }

  @Override
  public Class<EdECPublicKey> getEDDSAPublicKeyType() {
    return EdECPublicKey.class;
  }

  @Override
  public Class<EdECPrivateKey> getEDDSAPrivateKeyType() {
    return EdECPrivateKey.class;
  }

  @Override
  public boolean compareEDDSAPPublicKeys(PublicKey one, PublicKey other) {
    return one instanceof EdECPublicKey && one.equals(other);
  }

  @Override
  public boolean compareEDDSAPrivateKeys(PrivateKey one, PrivateKey other) {
    return one instanceof EdECPrivateKey && one.equals(other);
  }

  /**
   * Computes the public half. The JDK does that only when it makes a pair, so it makes a pair whose
   * random bytes are this private half.
   */
  @Override
  public EdECPublicKey recoverEDDSAPublicKey(PrivateKey key) throws GeneralSecurityException {
    byte[] seed = EdDSAUtils.getBytes(key);
    KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
    generator.initialize(NamedParameterSpec.ED25519, new FixedBytes(seed));
    return (EdECPublicKey) generator.generateKeyPair().getPublic();
  }

  @Override
  public EdECPublicKey generateEDDSAPublicKey(byte[] bytes) throws GeneralSecurityException {
    requireLength(bytes);
    return (EdECPublicKey)
        KeyFactory.getInstance(ALGORITHM).generatePublic(EdDSAUtils.createPublicKeySpec(bytes));
  }

  @Override
  public EdECPrivateKey generateEDDSAPrivateKey(byte[] bytes) throws GeneralSecurityException {
    requireLength(bytes);
    return (EdECPrivateKey)
        KeyFactory.getInstance(ALGORITHM).generatePrivate(EdDSAUtils.createPrivateKeySpec(bytes));
  }

  private static void requireLength(byte[] bytes) throws InvalidKeyException {
    if (bytes.length != KEY_BYTES) {
      throw new InvalidKeyException(
          "an Ed25519 key must have " + KEY_BYTES + " bytes, not " + bytes.length);
    }
  }

  @Override
  public <B extends Buffer> B putRawEDDSAPublicKey(B buffer, PublicKey key) {
    buffer.putBytes(publicBytes(key));
    return buffer;
  }

  @Override
  public <B extends Buffer> B putEDDSAKeyPair(B buffer, PublicKey publicKey, PrivateKey key) {
    throw new UnsupportedOperationException("the gateway sends no private key to an agent");
  }

  @Override
  public KeySpec createPublicKeySpec(EdECPublicKey key) {
    return new X509EncodedKeySpec(key.getEncoded());
  }

  @Override
  public KeySpec createPrivateKeySpec(EdECPrivateKey key) {
    return new PKCS8EncodedKeySpec(key.getEncoded());
  }

  @Override
  public byte[] getPublicKeyData(EdECPublicKey key) {
    return publicBytes(key);
  }

  @Override
  public byte[] getPrivateKeyData(EdECPrivateKey key) throws IOException {
    try {
      return EdDSAUtils.getBytes(key);
    } catch (InvalidKeyException failure) {
      throw new IOException("the private key is not an Ed25519 key", failure);
    }
  }

  private static byte[] publicBytes(PublicKey key) {
    try {
      return EdDSAUtils.getBytes(key);
    } catch (InvalidKeyException failure) {
      throw new UncheckedIOException(
          new IOException("the public key is not an Ed25519 key", failure));
    }
  }

  @Override
  public String getKeyFactoryAlgorithm() {
    return ALGORITHM;
  }

  /** Tells MINA about this support. It brings no security provider of its own. */
  private static final class Registrar implements SecurityProviderRegistrar {

    @Override
    public String getName() {
      return "JDK-" + ALGORITHM;
    }

    /**
     * The provider that has Ed25519. With a name that no provider has, the JDK would load all its
     * providers to look for it.
     */
    @Override
    public String getProviderName() {
      return "SunEC";
    }

    @Override
    public boolean isSupported() {
      return true;
    }

    @Override
    public boolean isSecurityEntitySupported(Class<?> entityType, String name) {
      return false;
    }

    @Override
    public Provider getSecurityProvider() {
      try {
        return KeyFactory.getInstance(ALGORITHM).getProvider();
      } catch (GeneralSecurityException impossible) {
        throw new IllegalStateException("every Java since 15 has Ed25519", impossible);
      }
    }

    @Override
    public Optional<EdDSASupport<?, ?>> getEdDSASupport() {
      return Optional.of(new JdkEd25519());
    }
  }

  /** Gives the same bytes each time. */
  private static final class FixedBytes extends SecureRandom {

    private static final long serialVersionUID = 1L;

    private final byte[] bytes;

    private FixedBytes(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    @Override
    public void nextBytes(byte[] target) {
      System.arraycopy(Arrays.copyOf(bytes, target.length), 0, target, 0, target.length);
    }
  }
}
