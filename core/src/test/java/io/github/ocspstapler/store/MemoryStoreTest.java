package io.github.ocspstapler.store;

class MemoryStoreTest extends StapleStoreContract {
  private final StapleStore store = StapleStore.memory();

  @Override
  StapleStore store() {
    return store;
  }
}
