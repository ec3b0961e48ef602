package io.github.ocspstapler.servers;

/** A version of TLS, as each program calls it. */
enum Protocol {
  TLS_1_2("1.2", "-tls1_2"),
  TLS_1_3("1.3", "-tls1_3");

  private final String number;
  private final String openssl;

  Protocol(String number, String openssl) {
    this.number = number;
    this.openssl = openssl;
  }

  String number() {
    return number;
  }

  String openssl() {
    return openssl;
  }

  String gnutls() {
    return "TLS" + number;
  }

  String jdk() {
    return "TLSv" + number;
  }
}
