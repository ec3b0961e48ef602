package io.github.ocspstapler.ocsp;

import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.ProxySelector;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.security.auth.x500.X500Principal;

/** SKELETON, to be written: asks OCSP responders about certificates and verifies what they answer. */
public final class OcspClient implements AutoCloseable {
  private OcspClient() {}

  public static OcspClient create() {
    return builder().build();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Blocking. */
  public OcspResponse query(X509Certificate certificate, X509Certificate issuer)
      throws OcspException {
    throw new UnsupportedOperationException();
  }

  /** Completes exceptionally with an OcspException; cancelling aborts the exchange. */
  public CompletableFuture<OcspResponse> queryAsync(
      X509Certificate certificate, X509Certificate issuer) {
    throw new UnsupportedOperationException();
  }

  /** Blocking; the response's bytes, unverified. */
  public byte[] queryRaw(OcspRequest request, URI responder) throws OcspException {
    throw new UnsupportedOperationException();
  }

  public OcspResponse verify(byte[] response, X509Certificate certificate, X509Certificate issuer)
      throws OcspException {
    throw new UnsupportedOperationException();
  }

  public OcspResponse verify(byte[] response, BigInteger serialNumber, X509Certificate issuer)
      throws OcspException {
    throw new UnsupportedOperationException();
  }

  /** The URLs that a query asks, in the order it asks them now; empty if none or disabled. */
  public List<URI> responders(X509Certificate certificate, X509Certificate issuer) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}

  /** Builder; each setter documented with its default from code ({@value}). */
  public static final class Builder {
    private Builder() {}

    public Builder clock(Clock clock) { return this; }

    public Builder clockSkew(Duration skew) { return this; } // 5 min

    public Builder maxAgeWithoutNextUpdate(Duration maxAge) { return this; } // 1 h; zero refuses

    public Builder connectTimeout(Duration timeout) { return this; } // 3 s

    public Builder timeout(Duration timeout) { return this; } // 6 s, the whole exchange

    public Builder maxResponseBytes(int bytes) { return this; } // 64 KiB

    public Builder maxRedirects(int redirects) { return this; } // 3

    public Builder certIdHashes(CertIdHash first, CertIdHash... then) { return this; } // SHA-1, SHA-256

    public Builder nonce(boolean nonce) { return this; } // off

    public Builder respondersOf(X500Principal issuer, List<URI> responders) { return this; } // empty = disabled

    public Builder respondersOf(String host, List<URI> responders) { return this; } // empty = disabled

    public Builder trustedResponder(X509Certificate responder) { return this; } // R3: configured by hand

    public Builder refusePrivateAddresses() { return this; }

    public Builder httpClient(HttpClient httpClient) { return this; } // stays the caller's; not closed

    public Builder proxy(ProxySelector proxy) { return this; }

    public Builder provider(Provider provider) { return this; } // for signatures and certificates

    public Builder dangerouslyAllowSha1Signatures() { return this; }

    public OcspClient build() { return new OcspClient(); }
  }
}
