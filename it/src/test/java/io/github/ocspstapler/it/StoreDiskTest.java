package io.github.ocspstapler.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.ocspstapler.testsupport.Command;
import io.github.ocspstapler.testsupport.OutsideTool;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** X13, X15: the directory store on a small file system of its own, in a namespace of its own. */
class StoreDiskTest {
  @TempDir private Path folder;

  @Test
  void save_fullAndReadOnlyDisk_losesNothingAndRecovers() {
    Path unshare = OutsideTool.require("unshare", "util-linux");
    String java =
        ChildJvm.of(SmallDiskProgram.class, folder.toString()).stream()
            .map(word -> "'" + word + "'")
            .collect(Collectors.joining(" "));

    Command run =
        Command.run(
            unshare,
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs -o size=256k none '" + folder + "' && " + java);

    assertThat(run.output())
        .contains("held: the disk fills up")
        .contains("held: writable again it is written again")
        .doesNotContain("NOT held");
    assertThat(run.status()).as(run.output()).isZero();
  }
}
