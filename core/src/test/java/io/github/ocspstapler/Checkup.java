package io.github.ocspstapler;

import io.github.ocspstapler.StapleStatus.State;
import io.github.ocspstapler.StaplerHealth.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A look at every kept certificate, to say how a stapler does: what its health must agree with. */
final class Checkup {
  private static final List<String> WORST_FIRST =
      List.of(
          " is revoked: ",
          " is refused without a staple, and has none: ",
          " has no staple: ",
          " gets no newer answer from its CA: ");

  private final StaplePolicy policy;
  private final long now;
  private int stapled;
  private int hopeless;

  /** What can be said of those with each ailment, by its place in the list above. */
  private final Map<Integer, List<String>> ill = new TreeMap<>();

  private Checkup(StaplePolicy policy, long now) {
    this.policy = policy;
    this.now = now;
  }

  static Checkup of(Roster roster, StaplePolicy policy, long now) {
    Checkup checkup = new Checkup(policy, now);
    roster.all().forEach(checkup::look);
    return checkup;
  }

  private void look(KeptCertificate kept) {
    if (now >= kept.notAfter) {
      return;
    }
    Snapshot at = kept.snapshot;
    State state = at.state(now);
    stapled += state == State.STAPLED ? 1 : 0;
    int ailment = ailment(kept, at, state);
    if (ailment < 0) {
      hopeless += state == State.UNSTAPLEABLE ? 1 : 0;
      return;
    }
    StapleStatus row = kept.status(at, now);
    String error = row.lastError().orElse("its staple has ended");
    ill.computeIfAbsent(ailment, unused -> new ArrayList<>())
        .add(row.name() + WORST_FIRST.get(ailment) + error);
  }

  private int ailment(KeptCertificate kept, Snapshot at, State state) {
    Staple staple = at.served(now);
    if (state == State.REVOKED) {
      return 0;
    }
    if (staple == null && (kept.mustStaple || policy.refusesBare(kept.mustStaple, kept.askable))) {
      return 1;
    }
    if (staple == null) {
      return state == State.UNSTAPLEABLE ? -1 : 2;
    }
    boolean late = now >= RefreshPlan.lateAt(staple.thisUpdate, staple.validUntil);
    return late && at.lastError != null ? 3 : -1;
  }

  Status status() {
    if (ill.isEmpty()) {
      return Status.UP;
    }
    return isDown(ill.keySet().iterator().next()) ? Status.DOWN : Status.DEGRADED;
  }

  private static boolean isDown(int ailment) {
    return ailment < 2;
  }

  /** Lists the sentences one of which says it. */
  List<String> details() {
    if (ill.isEmpty()) {
      return List.of(stapled + " stapled" + (hopeless == 0 ? "" : ", " + hopeless + " cannot be"));
    }
    int worst = ill.keySet().iterator().next();
    int more = -1;
    for (Map.Entry<Integer, List<String>> one : ill.entrySet()) {
      more += isDown(one.getKey()) == isDown(worst) ? one.getValue().size() : 0;
    }
    String rest = more == 0 ? "" : " (and " + more + " more)";
    return ill.get(worst).stream().map(detail -> detail + rest).toList();
  }
}
