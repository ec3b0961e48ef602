package org.bouncycastle.jsse.provider;

import io.github.ocspstapler.jsse.FakeEngine;

/** Has the package of BouncyCastle's engine, and nothing else of it. */
public final class BouncyCastleEngine extends FakeEngine {}
