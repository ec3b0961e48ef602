package io.github.ocspstapler.jsse;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLSession;

/** An engine that can do nothing: what counts is its class. */
public abstract class FakeEngine extends SSLEngine {
  @Override
  public SSLEngineResult wrap(ByteBuffer[] sources, int offset, int length, ByteBuffer target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SSLEngineResult unwrap(ByteBuffer source, ByteBuffer[] targets, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Runnable getDelegatedTask() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void closeInbound() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isInboundDone() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void closeOutbound() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isOutboundDone() {
    throw new UnsupportedOperationException();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    throw new UnsupportedOperationException();
  }

  @Override
  public String[] getEnabledCipherSuites() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setEnabledCipherSuites(String[] suites) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String[] getSupportedProtocols() {
    throw new UnsupportedOperationException();
  }

  @Override
  public String[] getEnabledProtocols() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setEnabledProtocols(String[] protocols) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SSLSession getSession() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void beginHandshake() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SSLEngineResult.HandshakeStatus getHandshakeStatus() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setUseClientMode(boolean mode) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean getUseClientMode() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setNeedClientAuth(boolean need) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean getNeedClientAuth() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setWantClientAuth(boolean want) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean getWantClientAuth() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setEnableSessionCreation(boolean flag) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean getEnableSessionCreation() {
    throw new UnsupportedOperationException();
  }
}
