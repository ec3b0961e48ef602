/**
 * The status page of a stapler: what it keeps, as a page, as JSON and as metrics.
 *
 * <p>Nothing here is null unless it is marked {@code @Nullable}.
 */
@org.jspecify.annotations.NullMarked
module io.github.ocspstapler.status {
  requires static transitive org.jspecify;
  requires transitive io.github.ocspstapler;
  requires jdk.httpserver;

  exports io.github.ocspstapler.status;
}
