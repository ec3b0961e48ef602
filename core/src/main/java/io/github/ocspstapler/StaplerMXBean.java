package io.github.ocspstapler;

import java.util.List;

/**
 * A stapler as JMX shows it, where {@link Stapler.Builder#jmx} asks for that: {@code
 * io.github.ocspstapler:type=Stapler,name=…}.
 *
 * <p>The names of its methods are what JMX wants. Thread-safe; nothing blocks. Once the stapler is
 * closed it is not to be found any more.
 */
public interface StaplerMXBean {
  /** The most rows that {@link #list} returns: {@value}. */
  int MAX_ROWS = 1_000;

  /**
   * Returns how the stapler does, in a word.
   *
   * @return {@code UP}, {@code DEGRADED} or {@code DOWN}, as {@link Stapler#health()} has it
   */
  String getHealth();

  /**
   * Returns how the stapler does, in a sentence.
   *
   * @return what is wrong with which certificate, the worst first, or that nothing is
   */
  String getHealthDetail();

  /**
   * Returns how staples reach the JDK's TLS.
   *
   * @return the name of a {@link io.github.ocspstapler.jsse.JsseDelivery.Mode}
   */
  String getDelivery();

  /**
   * Returns all certificates in a few numbers. Looks at every certificate.
   *
   * @return the numbers as of now
   */
  Summary getSummary();

  /**
   * Lists certificates, the worst first: by severity, then those without a staple, then by the end
   * of their staple. Looks at every certificate, and reads the fields of those it returns.
   *
   * @param offset how many to leave out, not negative
   * @param limit how many to list, 1 to {@value #MAX_ROWS}
   * @return the rows
   */
  List<Row> list(int offset, int limit);

  /**
   * Asks about the certificates of a name now, whatever is planned. Does not wait for the answers.
   *
   * @param name as in {@link Row#getName}, in upper or lower case
   * @return how many certificates have it
   */
  int refresh(String name);

  /** How many certificates are in each state, as {@link StapleStatus.State} has them. */
  interface Summary {
    /**
     * Returns how many were not answered yet.
     *
     * @return their number
     */
    int getPending();

    /**
     * Returns how many are stapled.
     *
     * @return their number
     */
    int getStapled();

    /**
     * Returns how many are revoked.
     *
     * @return their number
     */
    int getRevoked();

    /**
     * Returns how many their responder does not know.
     *
     * @return their number
     */
    int getUnknown();

    /**
     * Returns how many have no staple because the last attempt failed.
     *
     * @return their number
     */
    int getUnavailable();

    /**
     * Returns how many have nobody to ask.
     *
     * @return their number
     */
    int getUnstapleable();

    /**
     * Returns how much longer the staple that ends first is served.
     *
     * @return seconds; -1 without any staple
     */
    long getSecondsToEarliestExpiry();
  }

  /**
   * What is known about one certificate, as {@link StapleStatus} has it. Times are those of ISO
   * 8601, in UTC; what there is not is empty.
   */
  interface Row {
    /**
     * Returns what people call it.
     *
     * @return its first DNS name, else its subject
     */
    String getName();

    /**
     * Returns its serial number.
     *
     * @return hexadecimal digits
     */
    String getSerialNumber();

    /**
     * Returns its issuer.
     *
     * @return the name (RFC 2253)
     */
    String getIssuer();

    /**
     * Returns whether it is stapled, and if not, why.
     *
     * @return the name of a {@link StapleStatus.State}
     */
    String getState();

    /**
     * Returns whether it demands a staple (RFC 7633).
     *
     * @return whether it does
     */
    boolean isMustStaple();

    /**
     * Returns who answered last, or is asked next.
     *
     * @return the URL
     */
    String getResponder();

    /**
     * Returns {@code thisUpdate} of the staple at hand.
     *
     * @return the time
     */
    String getThisUpdate();

    /**
     * Returns {@code nextUpdate} of the staple at hand.
     *
     * @return the time
     */
    String getNextUpdate();

    /**
     * Returns when the staple at hand stops being served.
     *
     * @return the time
     */
    String getServedUntil();

    /**
     * Returns when the responder is asked next.
     *
     * @return the time
     */
    String getNextAttempt();

    /**
     * Returns why the last attempt failed.
     *
     * @return one sentence
     */
    String getLastError();

    /**
     * Returns how many attempts failed since the last good one.
     *
     * @return their number
     */
    int getFailuresInARow();
  }
}
