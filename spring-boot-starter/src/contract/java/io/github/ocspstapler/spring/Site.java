package io.github.ocspstapler.spring;

import io.github.ocspstapler.testkit.TestCa;
import io.github.ocspstapler.testkit.TestCertificate;
import io.github.ocspstapler.testkit.TestResponder;
import io.github.ocspstapler.testsupport.Command;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** A certificate for localhost in PEM files, its CA and the CA's responder. */
final class Site implements AutoCloseable {
  final TestResponder responder;
  final TestCa ca;
  private final Path folder;
  private TestCertificate certificate;
  private HttpClient client;

  private Site(TestResponder responder, TestCa ca, Path folder, TestCertificate certificate) {
    this.responder = responder;
    this.ca = ca;
    this.folder = folder;
    this.certificate = certificate;
    this.client = client(certificate);
  }

  private static HttpClient client(TestCertificate certificate) {
    return HttpClient.newBuilder().sslContext(certificate.clientContext()).build();
  }

  static Site in(Path folder) throws IOException {
    TestCa root = TestCa.root("Spring Boot Root");
    TestResponder responder = TestResponder.start(root);
    TestCa ca = root.intermediate("Spring Boot CA", responder.url());
    responder.add(ca);
    Files.writeString(folder.resolve("root.pem"), root.held().pem());
    Site site = new Site(responder, ca, folder, ca.leaf("localhost", responder.url()));
    site.use(site.certificate);
    return site;
  }

  /** Writes another certificate's files in place of those that are there. */
  void use(TestCertificate next) throws IOException {
    certificate = next;
    client = client(next);
    replace("server.key", next.privateKeyPem());
    replace("server.pem", next.chainPem());
  }

  private void replace(String name, String pem) throws IOException {
    Path fresh = Files.writeString(folder.resolve(name + ".new"), pem);
    Files.move(fresh, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  TestCertificate certificate() {
    return certificate;
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /** An application's arguments for a bundle of these files. */
  List<String> bundle() {
    String pem = "--spring.ssl.bundle.pem.web.";
    return List.of(
        "--server.ssl.bundle=web",
        pem + "keystore.certificate=" + file("server.pem"),
        pem + "keystore.private-key=" + file("server.key"));
  }

  /** Runs {@code openssl s_client}, which asks for a staple. */
  String handshake(int port, String... more) {
    List<String> arguments = new ArrayList<>(List.of("s_client", "-status"));
    arguments.addAll(List.of("-connect", "127.0.0.1:" + port, "-servername", "localhost"));
    arguments.addAll(List.of("-CAfile", file("root.pem").toString()));
    arguments.addAll(List.of(more));
    return Command.openssl(arguments.toArray(String[]::new)).output();
  }

  /** Gets a resource of a server that has this certificate. */
  HttpResponse<String> get(int port, String path) throws Exception {
    URI uri = URI.create("https://localhost:" + port + path);
    return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    responder.close();
  }
}
