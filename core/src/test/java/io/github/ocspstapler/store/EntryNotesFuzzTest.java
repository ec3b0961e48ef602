package io.github.ocspstapler.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whoever may write into the directory may write anything beside a response. */
class EntryNotesFuzzTest {

  // X12: any bytes are notes or they are not; what was read is written and read the same again.
  @FuzzTest
  void parse(byte[] text) {
    EntryNotes notes = EntryNotes.parse(text);

    if (notes != null) {
      assertThat(EntryNotes.parse(notes.encoded())).isEqualTo(notes);
    }
  }
}
