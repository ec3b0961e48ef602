package io.netty.handler.codec.quic;

import io.github.ocspstapler.jsse.FakeEngine;

/** Has the package of Netty's QUIC engine, and nothing else of it. */
public final class QuicEngine extends FakeEngine {}
