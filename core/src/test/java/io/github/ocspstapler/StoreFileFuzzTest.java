package io.github.ocspstapler;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.ocspstapler.Look.Finding;
import io.github.ocspstapler.Look.Result;
import io.github.ocspstapler.ocsp.OcspClient;
import io.github.ocspstapler.store.StapleStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;

/** X12: whoever may write into the store's directory writes a response, and notes beside it. */
class StoreFileFuzzTest {
  private static final String SEEDS =
      "/io/github/ocspstapler/ocsp/CertificateFuzzTestInputs/certificate_anyBytes_hasFields/";
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-06-01T12:00:00Z"), ZoneOffset.UTC); // of the seeds
  private static final X509Certificate SITE = certificate("site.der");
  private static final X509Certificate CA = certificate("ca.der");
  private static final Path FOLDER = folder();
  private static final List<Finding> FOUND = new ArrayList<>();
  private static final StoreReader READER = reader();

  /**
   * What the reader makes of two files: a byte of length and so many bytes of notes, then the
   * response.
   */
  @FuzzTest(maxDuration = "30s")
  void entry_anyBytes_isTakenOnlyIfSigned(byte[] input) throws Exception {
    int length = input.length == 0 ? 0 : Math.min(input[0] & 0xFF, input.length - 1);
    ByteBuffer rest =
        ByteBuffer.wrap(input, Math.min(1, input.length), Math.max(0, input.length - 1));
    byte[] notes = new byte[length];
    rest.get(notes);
    byte[] response = new byte[rest.remaining()];
    rest.get(response);
    String name = Fingerprint.of(SITE);
    Files.write(FOLDER.resolve(name + ".ocsp"), response);
    Files.write(FOLDER.resolve(name + ".properties"), notes);
    FOUND.clear();

    READER.submit(new Look(new KeptCertificate(SITE, CA, CLOCK.millis()), CA, CLOCK.millis()));

    assertThat(FOUND).hasSize(1);
    Result result = FOUND.get(0).result();
    assertThat(result).isIn(Result.ANSWER, Result.OUT_OF_TIME, Result.REFUSED);
    if (result == Result.ANSWER) {
      assertThat(isSignedByTheCa(response)).as("taken, and nobody signed it").isTrue();
    }
    boolean stays = result != Result.REFUSED;
    assertThat(Files.exists(FOLDER.resolve(name + ".ocsp"))).isEqualTo(stays);
  }

  private static boolean isSignedByTheCa(byte[] response) throws Exception {
    BasicOCSPResp basic = (BasicOCSPResp) new OCSPResp(response).getResponseObject();
    var verifier = new JcaContentVerifierProviderBuilder();
    return basic.isSignatureValid(verifier.build(CA))
        || (basic.getCerts().length > 0
            && basic.isSignatureValid(verifier.build(basic.getCerts()[0])));
  }

  private static StoreReader reader() {
    Settings settings = new Settings(CLOCK);
    settings.source = new ClientSource(OcspClient.builder().clock(CLOCK).build(), CLOCK);
    settings.store = StapleStore.directory(FOLDER);
    settings.storeExecutor = Runnable::run;
    Announcer announcer =
        new Announcer(new StaplerListener() {}, new StaplerMetrics() {}, Runnable::run);
    return new StoreReader(settings, announcer, (look, finding) -> FOUND.add(finding));
  }

  private static X509Certificate certificate(String name) {
    try (InputStream in = StoreFileFuzzTest.class.getResourceAsStream(SEEDS + name)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("store-file-fuzz");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
