package io.github.ocspstapler.it;

import io.github.ocspstapler.Stapler;
import io.github.ocspstapler.jsse.OcspStaplerProvider;
import java.security.Security;

/**
 * {@link PlainServerProgram}, stapled by the library: one provider, and nothing of it is changed.
 */
final class NestedServerProgram {
  private NestedServerProgram() {}

  public static void main(String[] arguments) throws Exception {
    Stapler stapler = Stapler.builder().build();
    Security.insertProviderAt(new OcspStaplerProvider(stapler), 1);
    PlainServerProgram.main(arguments);
  }
}
