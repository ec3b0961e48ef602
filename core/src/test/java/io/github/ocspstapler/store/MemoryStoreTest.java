package io.github.ocspstapler.store;

class MemoryStoreTest extends StapleStoreContract {
  private final StapleStore store = StapleStore.memory();

  @Override
  protected StapleStore store() {
    return store;
  }
}
