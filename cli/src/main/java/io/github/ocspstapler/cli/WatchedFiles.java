package io.github.ocspstapler.cli;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The certificate files of the folders that are watched. A file is read again when its time or size
 * has changed. Not thread-safe.
 */
final class WatchedFiles {
  private static final Set<String> EXTENSIONS = Set.of("pem", "crt", "cer");
  private static final int MAX_FILES = 100_000;

  /**
   * A certificate to keep a staple for.
   *
   * @param fingerprint its SHA-256
   * @param certificate the certificate
   * @param issuer what issued it, empty if nobody knows
   * @param files the files it stands first in
   */
  record Site(
      String fingerprint,
      X509Certificate certificate,
      Optional<X509Certificate> issuer,
      Set<Path> files) {}

  /**
   * What was found.
   *
   * @param sites the certificates by fingerprint
   * @param names what each file is called in a folder that holds the responses of all
   * @param problems one sentence for each file that cannot be used
   */
  record Look(Map<String, Site> sites, Map<Path, String> names, List<String> problems) {}

  private record Content(Object version, List<X509Certificate> certificates, String problem) {}

  private final List<String> places;
  private final List<Path> issuerFiles;
  private final Inputs inputs = Inputs.ofBatch(Path.of(""));
  private Map<Path, Content> contents = new HashMap<>();

  WatchedFiles(WatchSettings settings) {
    this.places = settings.certificates();
    this.issuerFiles = settings.issuers();
  }

  /** Looks at everything now. */
  Look look() {
    List<String> problems = new ArrayList<>();
    Map<Path, String> names = new TreeMap<>();
    for (String place : places) {
      try {
        names.putAll(filesAt(place));
      } catch (IOException | RuntimeException e) {
        problems.add(place + ": cannot be looked at: " + e.getMessage());
      }
    }
    Set<Path> candidates = names.keySet();
    Set<Path> helpers = new LinkedHashSet<>(issuerFiles);
    for (Path file : candidates) {
      helpers.add(Path.of(file + ".issuer")); // HAProxy's name for it
    }
    Map<Path, Content> now = new HashMap<>();
    Set<X509Certificate> authorities = new LinkedHashSet<>();
    helpers.forEach(file -> authorities.addAll(content(file, now).certificates));
    for (Path file : candidates) {
      content(file, now).certificates.stream()
          .filter(certificate -> certificate.getBasicConstraints() >= 0)
          .forEach(authorities::add);
    }
    contents = now;
    issuerFiles.stream()
        .filter(file -> content(file, now).certificates.isEmpty())
        .forEach(file -> problems.add(file + ": holds no certificate that can be read"));
    return new Look(sites(candidates, List.copyOf(authorities), problems), names, problems);
  }

  private Map<String, Site> sites(
      Set<Path> candidates, List<X509Certificate> authorities, List<String> problems) {
    Map<String, Site> sites = new TreeMap<>();
    for (Path file : candidates) {
      Content content = contents.getOrDefault(file, new Content("", List.of(), ""));
      if (!content.problem.isEmpty()) {
        problems.add(content.problem);
      }
      if (content.certificates.isEmpty()
          || content.certificates.get(0).getBasicConstraints() >= 0) {
        continue; // a key, or a CA's certificate: nothing that a server serves
      }
      X509Certificate certificate = content.certificates.get(0);
      String fingerprint = fingerprint(certificate);
      Site known = sites.get(fingerprint);
      if (known != null) {
        known.files.add(file);
        continue;
      }
      Optional<X509Certificate> issuer = Inputs.issuerOf(certificate, content.certificates);
      if (issuer.isEmpty()) {
        issuer = Inputs.issuerOf(certificate, authorities);
      }
      if (issuer.isEmpty()) {
        String expected = " (expected: in the file, in " + file + ".issuer or in 'issuers')";
        problems.add(file + ": nobody knows its issuer" + expected);
      }
      sites.put(
          fingerprint, new Site(fingerprint, certificate, issuer, new TreeSet<>(Set.of(file))));
    }
    return sites;
  }

  private static Map<Path, String> filesAt(String place) throws IOException {
    Path path = Path.of(place);
    if (place.contains("*")) {
      return filesMatching(path);
    }
    if (!Files.isDirectory(path)) {
      if (!Files.exists(path)) {
        throw new IOException("no such file or folder");
      }
      return Map.of(path, String.valueOf(path.getFileName()));
    }
    try (Stream<Path> files = Files.list(path)) {
      Map<Path, String> found = new HashMap<>();
      files
          .filter(WatchedFiles::isCertificate)
          .limit(MAX_FILES)
          .forEach(file -> found.put(file, String.valueOf(file.getFileName())));
      return found;
    }
  }

  private static boolean isCertificate(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 && EXTENSIONS.contains(name.substring(dot + 1)) && Files.isRegularFile(file);
  }

  /** Follows a pattern from the first part with a star on, and no deeper than it goes. */
  private static Map<Path, String> filesMatching(Path pattern) throws IOException {
    int fixed = 0;
    while (!pattern.getName(fixed).toString().contains("*")) {
      fixed++;
    }
    Path root = pattern.getRoot();
    Path start = root == null ? Path.of("") : root;
    for (int i = 0; i < fixed; i++) {
      start = start.resolve(pattern.getName(i));
    }
    int depth = pattern.getNameCount() - fixed;
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    try (Stream<Path> files = Files.walk(start, depth, FileVisitOption.FOLLOW_LINKS)) {
      Map<Path, String> found = new HashMap<>();
      Path above = start;
      files
          .filter(file -> matcher.matches(file) && Files.isRegularFile(file))
          .limit(MAX_FILES)
          // What the stars stand for tells apart files that are all called fullchain.pem.
          .forEach(file -> found.put(file, above.relativize(file).toString().replace('/', '_')));
      return found;
    }
  }

  private Content content(Path file, Map<Path, Content> now) {
    Content known = now.get(file);
    if (known == null) {
      known = read(file);
      now.put(file, known);
    }
    return known;
  }

  private Content read(Path file) {
    Object version;
    try {
      BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
      version = List.of(is.lastModifiedTime(), is.size(), "" + is.fileKey());
    } catch (IOException e) {
      return new Content("", List.of(), "");
    }
    Content before = contents.get(file);
    if (before != null && before.version.equals(version)) {
      return before;
    }
    try {
      List<X509Certificate> certificates = inputs.certificates(file.toString());
      return new Content(version, certificates, "");
    } catch (InputException e) {
      // A key in a file of its own stands in many such folders, and is none of our business.
      boolean other = String.valueOf(e.getMessage()).contains("holds no certificate");
      return new Content(version, List.of(), other ? "" : String.valueOf(e.getMessage()));
    }
  }

  static String fingerprint(X509Certificate certificate) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it, and the certificate was parsed
    }
  }

  /** Where the responses go: beside each file, or all into one folder. */
  static Map<String, Set<Path>> targets(Look look, Optional<Path> folder) {
    Map<String, Set<Path>> targets = new LinkedHashMap<>();
    Map<Path, String> taken = new HashMap<>();
    for (Site site : look.sites.values()) {
      Set<Path> files = new TreeSet<>();
      for (Path file : site.files()) {
        Path beside = Path.of(file + ".ocsp");
        Path target = folder.map(in -> in.resolve(look.names.get(file) + ".ocsp")).orElse(beside);
        String other = taken.putIfAbsent(target, site.fingerprint());
        if (other == null || other.equals(site.fingerprint())) {
          files.add(target);
        } else {
          look.problems.add(file + ": " + target + " is another certificate's already");
        }
      }
      targets.put(site.fingerprint(), files);
    }
    return targets;
  }
}
