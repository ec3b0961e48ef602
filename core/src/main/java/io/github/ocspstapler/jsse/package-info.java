/**
 * Stapling for servers on the JDK's own TLS (JSSE), JDK 17 and newer.
 *
 * <p>JSSE has no call that sets a server's OCSP response: while a client waits in its handshake, it
 * fetches one itself, from a responder named by a system property. This package makes that
 * responder a look-up in the memory of the same process, so that the fetch costs microseconds and
 * what it returns was verified before. The start is {@link
 * io.github.ocspstapler.jsse.JsseDelivery}.
 *
 * <h2>System properties</h2>
 *
 * <p>They hold for the whole JVM. Each is set only where the user has not set it, and removed when
 * the last delivery is closed.
 *
 * <table>
 * <caption>What is set, and what another value costs</caption>
 * <tr><th>property</th><th>set to</th><th>if you have set it yourself</th></tr>
 * <tr><td>{@code jdk.tls.server.enableStatusRequestExtension}</td><td>{@code true}</td>
 *     <td>any other value: nothing is delivered</td></tr>
 * <tr><td>{@code jdk.tls.stapling.responderOverride}</td><td>{@code true}</td>
 *     <td>any other value: nothing is delivered</td></tr>
 * <tr><td>{@code jdk.tls.stapling.responderURI}</td><td>our URL</td>
 *     <td>nothing is delivered, and the JDK asks yours inside handshakes</td></tr>
 * <tr><td>{@code jdk.tls.stapling.cacheLifetime}</td><td>30 (seconds)</td>
 *     <td>a revocation or renewal shows that much later; 0 means that the JDK keeps a staple until
 *     its nextUpdate; the JDK's own default is 3600</td></tr>
 * <tr><td>{@code jdk.tls.stapling.ignoreExtensions}</td><td>{@code true}</td>
 *     <td>nothing: extensions of a request are passed over anyway</td></tr>
 * </table>
 *
 * <h2>What the JDK does not staple</h2>
 *
 * <ul>
 *   <li>A server whose {@code SSLContext} was created before the delivery was installed: the JDK
 *       reads the first property in {@code SSLContext.getInstance}, and there is no way to see or
 *       change it later. This includes {@code SSLContext.getDefault()} if anything has called it.
 *   <li>A chain of one certificate, and any certificate whose issuer is not in the chain.
 *   <li>A resumed session: no certificate is sent, hence no staple.
 *   <li>A client that names the responders it trusts (the responder IDs of RFC 6066 section 8).
 * </ul>
 *
 * <p>A client's nonce passes by the JDK's cache and costs one more look-up; the staple comes
 * without it. Nothing in a ClientHello makes a request leave the machine.
 *
 * <p>An {@code SSLContext} that makes its first stapling handshake after the last delivery was
 * closed has stapling enabled but finds no responder named: the JDK then asks the certificate's own
 * responder, as it does without this library.
 */
package io.github.ocspstapler.jsse;
