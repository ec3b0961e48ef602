package io.github.ocspstapler.jdbc;

import io.github.ocspstapler.store.StoredStaple;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The two tables, and all that is said to them. Standard SQL, as PostgreSQL, MariaDB and H2 speak
 * it; only the names of types differ. Immutable.
 *
 * <p>Leases and news are timed by the database's clock alone, which all nodes share: no such time
 * is ever sent or read, so no node's clock or time zone matters.
 */
final class Tables {
  /** A schema's name may come before it; both in letters that need no quotes. */
  private static final Pattern PREFIX =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_]{0,47}\\.)?[A-Za-z_][A-Za-z0-9_]{0,31}");

  /**
   * MariaDB alone reads what is in such a comment. Its local times are no use where clocks are put
   * forward and back: one hour of the year there is not, and another comes twice.
   */
  private static final String NOW = "COALESCE(/*M! UTC_TIMESTAMP(3), */ CURRENT_TIMESTAMP(3))";

  private final String prefix;
  private final String staples;
  private final String leases;

  Tables(String prefix) {
    this.prefix = prefix;
    this.staples = prefix + "staples";
    this.leases = prefix + "leases";
  }

  static String checkedPrefix(String prefix) {
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "tablePrefix: "
              + prefix
              + " (expected: letters, digits and _, SCHEMA. before it or not)");
    }
    return prefix;
  }

  /** Returns what makes the tables that are not there, in the words of a product. */
  List<String> definitions(String product) {
    String bytes =
        switch (product) {
          case "PostgreSQL" -> "BYTEA";
          case "MariaDB" -> "MEDIUMBLOB";
          default -> "VARBINARY(" + StoredStaple.MAX_ENCODED + ")";
        };
    String time = product.equals("MariaDB") ? "DATETIME(3)" : "TIMESTAMP(3) WITH TIME ZONE";
    String index = prefix.substring(prefix.indexOf('.') + 1) + "staples_saved_at";
    return List.of(
        "CREATE TABLE IF NOT EXISTS "
            + staples
            + " (fingerprint VARCHAR(64) PRIMARY KEY, staple "
            + bytes
            + " NOT NULL, valid_until BIGINT NOT NULL, saved_at "
            + time
            + " NOT NULL, saved_by VARCHAR(64) NOT NULL)",
        "CREATE INDEX IF NOT EXISTS " + index + " ON " + staples + " (saved_at)",
        "CREATE TABLE IF NOT EXISTS "
            + leases
            + " (fingerprint VARCHAR(64) PRIMARY KEY, owner VARCHAR(64) NOT NULL, ends_at "
            + time
            + " NOT NULL)");
  }

  /** Fingerprint. No more of the value than can be of use: anything could have been put there. */
  String load() {
    int longest = StoredStaple.MAX_ENCODED + 1;
    return "SELECT SUBSTRING(staple FROM 1 FOR " + longest + ") FROM " + staples + whichOne();
  }

  /** Staple, end, who saves, fingerprint. */
  String replace() {
    return "UPDATE "
        + staples
        + " SET staple = ?, valid_until = ?, saved_by = ?, saved_at = "
        + NOW
        + whichOne();
  }

  /** Staple, end, who saves, fingerprint. */
  String add() {
    return "INSERT INTO "
        + staples
        + " (staple, valid_until, saved_by, fingerprint, saved_at) VALUES (?, ?, ?, ?, "
        + NOW
        + ")";
  }

  /** Fingerprint. */
  String remove() {
    return "DELETE FROM " + staples + whichOne();
  }

  /** The end before which all go. */
  String removeExpired() {
    return "DELETE FROM " + staples + " WHERE valid_until < ?";
  }

  String removeEndedLeases() {
    return "DELETE FROM " + leases + " WHERE ends_at < " + NOW;
  }

  /** Owner, fingerprint. */
  String takeEndedLease(Duration term) {
    return "UPDATE "
        + leases
        + " SET owner = ?, ends_at = "
        + inFuture(term)
        + whichOne()
        + " AND ends_at <= "
        + NOW;
  }

  /** Owner, fingerprint, fingerprint. Looks first, lest servers log each failure. */
  String takeFreeLease(Duration term) {
    return "INSERT INTO "
        + leases
        + " (owner, fingerprint, ends_at) SELECT ?, ?, "
        + inFuture(term)
        + " WHERE NOT EXISTS (SELECT 1 FROM "
        + leases
        + whichOne()
        + ")";
  }

  /** Fingerprint, owner. */
  String releaseLease() {
    return "DELETE FROM " + leases + whichOne() + " AND owner = ?";
  }

  /** Returns fingerprints, and who saved them. */
  String savedWithin(long seconds) {
    String since = NOW + " - INTERVAL '" + seconds + "' SECOND";
    return "SELECT fingerprint, saved_by FROM "
        + staples
        + " WHERE saved_at > "
        + since
        + " ORDER BY saved_at DESC";
  }

  private static String inFuture(Duration term) {
    long millis = Math.max(1, term.toMillis());
    return String.format(
        Locale.ROOT, "%s + INTERVAL '%d.%03d' SECOND", NOW, millis / 1_000, millis % 1_000);
  }

  private static String whichOne() {
    return " WHERE fingerprint = ?";
  }

  @Override
  public String toString() {
    return staples;
  }
}
