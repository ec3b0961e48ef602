package io.github.ocspstapler.jsse;

import io.github.ocspstapler.internal.inprocess.InProcessResponder;
import io.github.ocspstapler.internal.inprocess.StapleUrlHandlerProvider;
import java.net.URI;

/** The way through a URL scheme of our own: no socket. */
final class InProcessChannel implements Channel {
  private final InProcessResponder responder;

  private InProcessChannel(InProcessResponder responder) {
    this.responder = responder;
  }

  static InProcessChannel open(InProcessResponder responder) {
    StapleUrlHandlerProvider.connect(responder);
    return new InProcessChannel(responder);
  }

  @Override
  public JsseDelivery.Mode mode() {
    return JsseDelivery.Mode.IN_PROCESS;
  }

  @Override
  public URI uri() {
    return StapleUrlHandlerProvider.RESPONDER_URI;
  }

  @Override
  public String description() {
    return "in-process";
  }

  @Override
  public void close() {
    StapleUrlHandlerProvider.disconnect(responder);
  }
}
