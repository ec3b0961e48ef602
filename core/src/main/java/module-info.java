/**
 * An OCSP client, and a stapler that keeps a verified, fresh OCSP staple for every certificate a
 * TLS server serves.
 *
 * <p>Nothing here is null unless it is marked {@code @Nullable}.
 */
@org.jspecify.annotations.NullMarked
module io.github.ocspstapler {
  requires static transitive org.jspecify;
  requires transitive java.net.http;
  requires jdk.httpserver;

  // A runtime may lack these two: then nothing is recorded, and Builder.jmx says that it cannot.
  requires static jdk.jfr;
  requires static java.management;

  exports io.github.ocspstapler;
  exports io.github.ocspstapler.ocsp;
  exports io.github.ocspstapler.jsse;
  exports io.github.ocspstapler.store;

  // How the JDK's own OCSP fetch finds the responder in this process.
  provides java.net.spi.URLStreamHandlerProvider with
      io.github.ocspstapler.internal.inprocess.StapleUrlHandlerProvider;
}
