# shellcheck shell=sh
# Sourced by ./mvnw and ./ocsp-stapler. Sets java_home to the JDK to use, or ends with a sentence.
# Needs nothing but a POSIX shell and, where java is a link on the PATH, readlink.

fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 1
}

if [ -n "${JAVA_HOME:-}" ]; then
  java_home=${JAVA_HOME%/}
  [ -x "$java_home/bin/java" ] ||
    fail "JAVA_HOME is $JAVA_HOME, but there is no bin/java in it (expected: a JDK, 17 or later)"
else
  java=$(command -v java) ||
    fail "no java found: install a JDK, 17 or later, and put it on the PATH or in JAVA_HOME"
  java=$(readlink -f -- "$java" 2>/dev/null) || java=$(command -v java)
  java_home=${java%/bin/*}
fi

java_version=
if [ -r "$java_home/release" ]; then
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      JAVA_VERSION=*) java_version=${line#JAVA_VERSION=} ;;
    esac
  done <"$java_home/release"
else
  # No release file: ask, at the price of a start. The first line is like: openjdk version "17.0.15"
  java_version=$("$java_home/bin/java" -version 2>&1) || fail "$java_home/bin/java does not run"
  java_version=\"${java_version#*\"}
fi
java_version=${java_version#\"}
java_version=${java_version%%\"*}
java_major=${java_version%%[!0-9]*}

[ "${java_major:-0}" -ge 17 ] ||
  fail "the Java in $java_home is version ${java_version:-unknown} (expected: 17 or later); set JAVA_HOME to another"
[ -x "$java_home/bin/javac" ] ||
  fail "the Java in $java_home has no compiler (expected: a JDK, 17 or later); set JAVA_HOME to another"
