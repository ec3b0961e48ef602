// The status page: asks the API every two seconds and writes what has changed into the page.
// Text from certificates and responders is set as text, never as markup.
"use strict";

const POLL = 2000;
const PAGE = 100;
const STATES = ["revoked", "unavailable", "unknown", "pending", "stapled", "unstapleable"];
const WORDS = {
  revoked: "Revoked", unavailable: "No answer", unknown: "Unknown", pending: "Pending",
  stapled: "Stapled", unstapleable: "Not stapleable",
};
const TOKEN = "ocsp-stapler-token";

const $ = (id) => document.getElementById(id);
const rows = new Map(); // fingerprint -> its row on the page
const chosen = new Set(); // states shown; none means all
let offset = 0; // of the page's first row
let matching = 0;
let refreshable = false;
let clockOffset = 0; // the server's clock minus ours
let lastGood = 0;
let timer = 0;
let generation = 0; // answers to what is no longer asked are dropped

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// ---- Times ----

const now = () => Date.now() + clockOffset;
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: "UTC" });
const day = (instant) => DAY.format(new Date(instant)).replace(",", "");
const exact = (instant) => instant.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");

function duration(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const start = parts.findIndex(([size]) => seconds >= size);
  if (start < 0) return "0 s";
  let rest = seconds;
  const words = [];
  for (const [size, unit] of parts.slice(start, start + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) words.push(`${count} ${unit}`);
  }
  return words.join(" ");
}

// Plain characters, so that the words do not change width while they count down.
const until = (instant) => duration(Date.parse(instant) - now());
const plural = (count, one, many) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

// ---- The summary ----

function showSummary(summary) {
  clockOffset = Date.parse(summary.now) - Date.now();
  refreshable = summary.refreshable;
  const hero = document.querySelector(".hero");
  hero.className = "hero " + { UP: "good", DEGRADED: "warning", DOWN: "critical" }[summary.health.status];
  const total = STATES.reduce((sum, state) => sum + summary.certificates[state], 0);
  const verdict = summary.health.status === "UP" ? allWell(summary.certificates) : sentence(summary.health.detail);
  setText($("verdict"), verdict);
  $("verdict").classList.toggle("long", verdict.length > 70);
  const facts = [plural(total, "certificate", "certificates") + " kept"];
  if (summary.earliestEnd) facts.push("the next staple to end has " + until(summary.earliestEnd) + " left");
  if (summary.delivery !== "off") facts.push("delivered " + summary.delivery.replace("_", " "));
  setText($("facts"), facts.join(" · "));
  showStates(summary.certificates);
  showResponders(summary.responders);
  const hour = summary.lastHour;
  // Where other servers staple, no handshake is seen.
  const handshakes = hour && [...hour.stapled, ...hour.bare].some((count) => count > 0);
  $("handshakes").hidden = !hour || (!handshakes && summary.delivery === "off");
  $("requests").hidden = !hour;
  if (hour) {
    showChart($("handshakes"), hour.stapled, "stapled", hour.bare, "without a staple");
    showChart($("requests"), hour.answered, "answered", hour.failed, "failed");
  }
  showTokenButton();
}

function allWell(certificates) {
  const stapled = certificates.stapled;
  if (!stapled) return certificates.pending ? "Asking about the first certificates." : "Nothing to staple yet.";
  return stapled === 1 ? "The one certificate to staple is stapled." : `All ${stapled.toLocaleString("en")} certificates to staple are stapled.`;
}

// Starts with a capital, unless its first word is a name of some kind; times are written as elsewhere.
function sentence(text) {
  const readable = text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (instant) => `${day(instant)} UTC`);
  const start = /^[a-z]+[ ,]/.test(readable) ? readable.charAt(0).toUpperCase() + readable.slice(1) : readable;
  return /[.!?]$/.test(start) ? start : start + ".";
}

function showStates(counts) {
  const box = $("states");
  if (!box.children.length) {
    for (const state of STATES) {
      const button = element("button");
      button.type = "button";
      button.dataset.state = state;
      button.append(element("b"), document.createTextNode(WORDS[state].toLowerCase()));
      button.addEventListener("click", () => {
        if (!chosen.delete(state)) chosen.add(state);
        button.setAttribute("aria-pressed", chosen.has(state));
        turnTo(0);
      });
      button.setAttribute("aria-pressed", "false");
      box.append(button);
    }
  }
  for (const button of box.children) {
    const count = counts[button.dataset.state];
    button.hidden = count === 0 && !chosen.has(button.dataset.state);
    setText(button.firstChild, count.toLocaleString("en"));
  }
}

function showResponders(responders) {
  const list = document.querySelector("#responders ul");
  const items = responders.map((responder) => {
    const item = element("li", responder.state);
    const dot = element("span", "dot");
    dot.setAttribute("aria-hidden", "true");
    const host = element("span", "host", responder.host.replace(/^http:\/\//, ""));
    host.title = responder.host;
    item.append(dot, host, element("span", "count", plural(responder.certificates, "certificate", "certificates")));
    if (responder.state !== "ok") {
      const why = element("span", "why", fault(responder));
      why.title = why.textContent;
      item.append(why);
    }
    return item;
  });
  if (!items.length) items.push(element("li", "none", "Nobody has been asked."));
  list.replaceChildren(...items);
}

function fault(responder) {
  const since = responder.failingSince ? ` since ${day(responder.failingSince)}` : "";
  const what = responder.state === "down" ? `Does not answer${since}` : `Fails for ${responder.failing || "some"} of ${responder.certificates}`;
  const next = responder.nextAttempt ? ` Next attempt in ${until(responder.nextAttempt)}.` : "";
  return sentence(`${what}: ${responder.lastError || "no answer"}`) + next;
}

const SVG = "http://www.w3.org/2000/svg";

function showChart(card, fine, fineWord, bad, badWord) {
  const sum = (counts) => counts.reduce((a, b) => a + b, 0);
  const figures = [[sum(fine), fineWord, ""], [sum(bad), badWord, sum(bad) ? "bad" : ""]];
  card.querySelector(".figures").replaceChildren(...figures.map(([count, word, name]) => {
    const figure = element("span", name);
    figure.append(element("b", "", count.toLocaleString("en")), " " + word);
    return figure;
  }));
  const peak = Math.max(1, ...fine.map((count, i) => count + bad[i]));
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 300 56");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  const spoken = figures.map(([count, word]) => `${count} ${word}`).join(", ");
  svg.setAttribute("aria-label", `In the last hour: ${spoken}. Busiest minute: ${peak}.`);
  fine.forEach((count, i) => {
    bar(svg, "base", i, 55, 1);
    const badHeight = bad[i] ? Math.max(2, 55 * bad[i] / peak) : 0;
    const fineHeight = count ? Math.max(2, 55 * count / peak) : 0;
    if (fineHeight) bar(svg, "fine", i, 56 - fineHeight, fineHeight);
    if (badHeight) bar(svg, "bad", i, Math.max(0, 56 - fineHeight - badHeight), badHeight);
  });
  card.querySelector(".chart").replaceChildren(svg);
}

function bar(svg, name, minute, y, height) {
  const rect = document.createElementNS(SVG, "rect");
  const values = { class: name, x: minute * 5 + 0.5, y, width: 4, height };
  for (const [key, value] of Object.entries(values)) rect.setAttribute(key, value);
  svg.append(rect);
}

// ---- The certificates ----

function showStaples(page) {
  const focused = document.activeElement;
  const seen = new Set();
  const body = $("rows");
  let place = body.firstChild;
  for (const staple of page.staples) {
    seen.add(staple.fingerprint);
    let row = rows.get(staple.fingerprint);
    if (!row) {
      row = newRow(staple);
      rows.set(staple.fingerprint, row);
    }
    fill(row, staple);
    for (const part of [row.main, row.details]) {
      if (part === place) place = place.nextSibling;
      else body.insertBefore(part, place);
    }
  }
  for (const [fingerprint, row] of rows) {
    if (!seen.has(fingerprint)) {
      row.main.remove();
      row.details.remove();
      rows.delete(fingerprint);
    }
  }
  showEmpty(body, page);
  if (focused && focused !== document.activeElement && document.contains(focused)) focused.focus();
  showPlace(page);
}

function showPlace(page) {
  const last = page.offset + page.staples.length;
  const paged = page.staples.length && page.staples.length < page.matching;
  const range = paged ? `${(page.offset + 1).toLocaleString("en")}–${last.toLocaleString("en")}` : page.staples.length.toLocaleString("en");
  setText($("shown"), page.matching === page.total
    ? `${range} of ${plural(page.total, "certificate", "certificates")}, the worst first`
    : `${range} of ${page.matching.toLocaleString("en")} that match, of ${page.total.toLocaleString("en")}; the worst first`);
  $("pages").hidden = page.matching <= PAGE;
  $("first").disabled = $("previous").disabled = page.offset === 0;
  $("next").disabled = $("last").disabled = last >= page.matching;
  matching = page.matching;
}

// Rows are few at any time, whatever their number on the server: it filters and sorts.
function turnTo(row) {
  offset = Math.max(0, row);
  return ask();
}

const lastPage = () => Math.floor(Math.max(0, matching - 1) / PAGE) * PAGE;

function showEmpty(body, page) {
  const old = body.querySelector(".empty");
  if (old) old.remove();
  if (page.staples.length) return;
  const row = element("tr", "empty");
  const cell = element("td", "", page.total ? "No certificate matches." : "No certificate is kept yet.");
  cell.colSpan = 5;
  row.append(cell);
  body.append(row);
}

function cell(name, ...content) {
  const made = element("td", name);
  made.setAttribute("role", "cell");
  made.append(...content);
  return made;
}

function newRow(staple) {
  const row = { main: element("tr"), details: element("tr", "details") };
  for (const part of [row.main, row.details]) part.setAttribute("role", "row");
  row.details.hidden = true;
  row.details.id = "d-" + staple.fingerprint;
  row.open = element("button", "open");
  row.open.type = "button";
  row.open.setAttribute("aria-expanded", "false");
  row.open.setAttribute("aria-controls", row.details.id);
  row.name = element("span");
  row.open.append(row.name);
  row.open.addEventListener("click", () => {
    row.details.hidden = !row.details.hidden;
    row.open.setAttribute("aria-expanded", !row.details.hidden);
    row.main.classList.toggle("expanded", !row.details.hidden);
    if (!row.details.hidden) showDetails(row);
  });
  row.sub = element("div", "sub");
  row.state = element("span", "state");
  row.must = element("span", "must", "must-staple");
  row.line = element("div", "line");
  row.line.setAttribute("role", "img");
  row.track = element("span", "track");
  row.left = element("span", "left");
  row.unserved = element("span", "unserved");
  row.track.append(row.left, row.unserved);
  row.half = element("span", "half");
  row.next = element("span", "next");
  row.now = element("span", "now");
  row.line.append(row.track, row.half, row.next, row.now);
  row.from = element("span");
  row.to = element("span");
  row.ends = element("div", "ends");
  row.ends.append(row.from, row.to);
  row.error = element("div", "error");
  row.served = element("span");
  row.attempt = element("span");
  row.main.append(
    cell("name", row.open, row.sub),
    cell("state-cell", row.state, row.must),
    cell("time", row.line, row.ends, row.error),
    cell("num", element("span", "label", "Served for"), row.served),
    cell("num", element("span", "label", "Next in"), row.attempt));
  row.panel = cell("");
  row.panel.colSpan = 5;
  row.details.append(row.panel);
  return row;
}

// A subject's common name (RFC 2253, so a comma within it stands behind a backslash).
function commonName(name) {
  const found = /^CN=((?:\\.|[^,\\])+)/.exec(name);
  return found ? found[1].replace(/\\(.)/g, "$1") : name;
}

function fill(row, staple) {
  row.staple = staple;
  const expanded = row.details.hidden ? "" : " expanded";
  row.main.className = `row ${staple.severity}${expanded}`;
  setText(row.name, commonName(staple.name));
  row.name.title = staple.name;
  setText(row.sub, commonName(staple.issuer));
  setText(row.state, staple.state === "stapled" && staple.severity === "warning" ? "Renewal fails" : WORDS[staple.state]);
  row.must.hidden = !staple.mustStaple;
  setText(row.error, staple.lastError ? sentence(staple.lastError) : "");
  row.error.hidden = !staple.lastError;
  drawTimes(row);
  if (!row.details.hidden) showDetails(row);
}

function drawTimes(row) {
  const staple = row.staple;
  const end = staple.nextUpdate || staple.servedUntil;
  const drawn = Boolean(staple.thisUpdate && end);
  row.line.hidden = row.ends.hidden = !drawn;
  setText(row.served, staple.servedUntil ? until(staple.servedUntil) : "–");
  const late = staple.nextAttempt && Date.parse(staple.nextAttempt) <= now();
  setText(row.attempt, !staple.nextAttempt ? "–" : late ? "now" : until(staple.nextAttempt));
  if (!drawn) return;
  const from = Date.parse(staple.thisUpdate);
  const length = Math.max(1, Date.parse(end) - from);
  const at = (instant) => Math.min(100, Math.max(0, 100 * (instant - from) / length));
  const nowAt = at(now());
  const servedTo = at(Date.parse(staple.servedUntil));
  row.left.style.left = nowAt + "%";
  row.left.style.width = Math.max(0, servedTo - nowAt) + "%";
  row.unserved.style.left = Math.max(nowAt, servedTo) + "%";
  row.half.style.left = at(Date.parse(staple.half)) + "%";
  row.now.style.left = nowAt + "%";
  const next = staple.nextAttempt ? Date.parse(staple.nextAttempt) : Infinity;
  row.next.hidden = next > from + length;
  if (!row.next.hidden) row.next.style.left = at(next) + "%";
  setText(row.from, day(staple.thisUpdate));
  setText(row.to, day(end));
  row.line.setAttribute("aria-label",
    `This update ${exact(staple.thisUpdate)}, half ${exact(staple.half)}, `
    + `${Math.round(nowAt)} percent have passed, `
    + (staple.nextAttempt ? `next attempt ${exact(staple.nextAttempt)}, ` : "")
    + `served until ${exact(staple.servedUntil)}`
    + (staple.nextUpdate ? `, next update ${exact(staple.nextUpdate)}` : ", no next update"));
}

function showDetails(row) {
  const staple = row.staple;
  const time = (instant) => instant && exact(instant);
  const facts = [
    ["Last error", staple.lastError && sentence(staple.lastError)],
    ["Failures in a row", staple.failuresInARow && staple.failuresInARow.toLocaleString("en")],
    ["This update", time(staple.thisUpdate)],
    ["Half of its life", time(staple.half)],
    ["Next attempt", time(staple.nextAttempt)],
    ["Served until", time(staple.servedUntil)],
    ["Next update", time(staple.nextUpdate)],
    ["Responder", staple.responder || "none", "mono"],
    ["Names", staple.names.join(", ") || staple.subject],
    ["Subject", staple.subject],
    ["Issuer", staple.issuer],
    ["Serial number", staple.serialNumber, "mono"],
    ["SHA-256", staple.fingerprint, "mono"],
    ["Certificate expires", time(staple.notAfter)],
  ].filter(([, value]) => value);
  const key = JSON.stringify([facts, refreshable]);
  if (row.shown === key) return; // do not take the selection from under the reader
  row.shown = key;
  const list = element("dl");
  for (const [name, value, kind] of facts) list.append(element("dt", "", name), element("dd", kind, value));
  if (!row.refresh) {
    row.refresh = element("button", "plain refresh", "Refresh now");
    row.refresh.type = "button";
    row.refresh.addEventListener("click", () => refresh(row));
  }
  row.refresh.hidden = !refreshable || staple.state === "unstapleable";
  const hadFocus = document.activeElement === row.refresh;
  row.panel.replaceChildren(list, row.refresh);
  if (hadFocus) row.refresh.focus();
}

// ---- The token, and what it allows ----

const token = () => sessionStorage.getItem(TOKEN);

function headers() {
  return token() ? { Authorization: "Bearer " + token() } : {};
}

function showTokenButton() {
  const button = $("token-button");
  button.hidden = !refreshable && !token();
  setText(button, token() ? "Forget token" : "Enter token");
}

function askForToken() {
  $("token").value = "";
  if (!$("token-dialog").open) $("token-dialog").showModal();
}

async function refresh(row) {
  if (!token()) return askForToken();
  row.refresh.disabled = true;
  try {
    const answer = await fetch(`api/staples/${row.staple.fingerprint}/refresh`, { method: "POST", headers: headers() });
    if (answer.status === 401) {
      wrongToken();
      askForToken();
    } else {
      const said = await answer.json();
      toast(answer.ok ? `Asking about ${said.asking}…` : sentence(said.error));
    }
    setTimeout(ask, 400);
  } catch (lost) {
    toast("The server does not answer.");
  } finally {
    row.refresh.disabled = false;
  }
}

function wrongToken() {
  sessionStorage.removeItem(TOKEN);
  toast("That token is not the right one.");
  showTokenButton();
}

let toastTimer = 0;

function toast(text) {
  setText($("toast"), text);
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => setText($("toast"), ""), 4000);
}

// ---- Asking ----

async function json(path) {
  const answer = await fetch(path, { headers: headers(), cache: "no-store" });
  if (answer.status === 401) {
    const wrong = Boolean(token());
    if (wrong) wrongToken();
    throw Object.assign(new Error("token"), { token: true });
  }
  if (!answer.ok) throw new Error(path + ": " + answer.status);
  return answer.json();
}

async function ask() {
  clearTimeout(timer);
  const mine = ++generation;
  const query = new URLSearchParams({ offset, limit: PAGE });
  if (chosen.size) query.set("state", [...chosen].join(","));
  const words = $("filter").value.trim();
  if (words) query.set("q", words);
  try {
    const [summary, page] = await Promise.all([json("api/summary"), json("api/staples?" + query)]);
    if (mine !== generation) return;
    showSummary(summary);
    showStaples(page);
    lastGood = Date.now();
    lost(null);
    if (offset > 0 && offset >= page.matching) return turnTo(lastPage()); // they have become fewer
  } catch (problem) {
    if (mine !== generation) return;
    if (problem.token) {
      setText($("verdict"), "This page needs a token.");
      setText($("clock"), "Locked");
      $("token-button").hidden = false;
      return askForToken();
    }
    lost(problem);
  }
  if (!document.hidden) timer = setTimeout(ask, POLL);
}

function lost(problem) {
  document.body.classList.toggle("stale", Boolean(problem));
  $("live").className = problem ? "live off" : "live on";
  setText($("clock"), problem ? "No answer" : `${CLOCK.format(new Date(now()))} UTC`);
  $("live").title = problem ? "" : "Live";
  $("lost").hidden = !problem;
  if (problem) {
    const since = lastGood ? `since ${CLOCK.format(new Date(lastGood + clockOffset))} UTC` : "yet";
    setText($("lost"), `The server has not answered ${since}. What is shown may be old; trying again.`);
  }
}

let typing = 0;
$("filter").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => turnTo(0), 150);
});
for (const [id, target] of [["first", () => 0], ["previous", () => offset - PAGE], ["next", () => offset + PAGE], ["last", lastPage]]) {
  $(id).addEventListener("click", async () => {
    await turnTo(target());
    $("certificates").scrollIntoView();
  });
}
$("token-button").addEventListener("click", () => {
  if (token()) {
    sessionStorage.removeItem(TOKEN);
    ask();
  } else {
    askForToken();
  }
});
$("token-cancel").addEventListener("click", () => $("token-dialog").close());
$("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(TOKEN, $("token").value);
  $("token-dialog").close();
  ask();
});
document.addEventListener("keydown", (event) => {
  const elsewhere = !/^(INPUT|TEXTAREA)$/.test(event.target.tagName) && !$("token-dialog").open;
  if (event.key === "/" && elsewhere && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    $("filter").focus();
  } else if (event.key === "Escape" && event.target === $("filter")) {
    $("filter").value = "";
    turnTo(0);
  }
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
setInterval(() => { if (!document.hidden) rows.forEach(drawTimes); }, 1000);
ask();
