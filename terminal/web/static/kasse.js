// The screen's whole script: events in, elements morphed; buttons and forms posted, one after the other, none lost.
"use strict";

const page = document.body.dataset;
const at = id => document.getElementById(id);
let byKey = false; // the last touch was a key: then the focus is moved along
let counts = {}; // of each item in the sale

// Make `from` look like `to` and keep the elements: a finger on a button must not find it replaced under it.
const OURS = ["data-pressed", "data-count", "open"];
function morph(from, to) {
  for (const { name } of [...from.attributes])
    if (!to.hasAttribute(name) && !OURS.includes(name)) from.removeAttribute(name);
  for (const { name, value } of to.attributes)
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  if (from.nodeName === "INPUT") {
    if (from !== document.activeElement && to.hasAttribute("value")) from.value = to.getAttribute("value");
    return;
  }
  const keyed = new Map([...from.children].filter(child => child.id).map(child => [child.id, child]));
  let next = from.firstChild;
  for (const want of [...to.childNodes]) {
    const have = want.id ? keyed.get(want.id) : next;
    if (!have || have.nodeName !== want.nodeName || (have.id || "") !== (want.id || "")) {
      from.insertBefore(want, next);
      continue;
    }
    if (have === next) next = next.nextSibling;
    else from.insertBefore(have, next);
    if (have.nodeType === Node.ELEMENT_NODE) morph(have, want);
    else if (have.nodeValue !== want.nodeValue) have.nodeValue = want.nodeValue;
  }
  while (next) {
    next = next.nextSibling;
    (next ? next.previousSibling : from.lastChild).remove();
  }
}

function show(id, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  morph(at(id), template.content.firstElementChild);
  if (id === "right") badge();
  if (id === "dialog") modal();
  follow(id === "alerts" ? document.body : at(id));
}

function follow(box) {
  for (const chosen of box.querySelectorAll("[data-scroll] .chosen"))
    chosen.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function badge() {
  for (const tile of document.querySelectorAll("[data-tiles] button"))
    if (counts[tile.value]) tile.dataset.count = counts[tile.value];
    else delete tile.dataset.count;
}
let title = "";
function modal() {
  const dialog = at("dialog"), before = title;
  title = dialog.hidden ? "" : dialog.querySelector("h1").textContent;
  at("main").inert = !dialog.hidden;
  if (title && title !== before) (dialog.querySelector("[data-first]") || dialog.querySelector("button")).focus();
}

// What is wrong between this page and the till, in a banner.
const wrong = {};
function say(kind, text) {
  wrong[kind] = text;
  at("banner").textContent = wrong.lost || wrong.failed || wrong.slow || "";
  at("banner").hidden = !at("banner").textContent;
}

let heard = Date.now(), source = null, losing = 0;
const lost = () => { losing ||= setTimeout(() => say("lost", page.lost), 1200); };
function connect() {
  source?.close();
  source = new EventSource(page.stream);
  const on = (name, what) => source.addEventListener(name, event => {
    heard = Date.now();
    what(JSON.parse(event.data));
  });
  for (const { id } of document.querySelectorAll("[data-live]")) on(id, html => show(id, html));
  on("view", now => {
    const before = page.view;
    Object.assign(page, now);
    if (byKey && before !== page.view) document.querySelector("#change [data-first], #right [data-first]")?.focus();
  });
  on("badges", now => { counts = now; badge(); });
  on("sound", sound);
  on("beat", () => {});
  on("hello", version => version === page.version || location.reload());
  source.onopen = () => {
    losing = clearTimeout(losing);
    say("lost", "");
  };
  source.onerror = () => {
    lost();
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  };
}
setInterval(() => { // a beat comes every 15 s
  if (Date.now() - heard < 40000) return;
  heard = Date.now();
  lost();
  connect();
}, 5000);

// Touches are sent in their order, each when the one before is answered. After one that failed, the rest is dropped:
// they were meant for a screen that is not there.
let queue = Promise.resolve(), round = 0, typing = 0;
function post(url, body) {
  const mine = round;
  queue = queue.then(() => mine === round && send(url, body));
}
async function send(url, body) {
  const slow = setTimeout(() => say("slow", page.slow), 1000);
  try {
    const answer = await fetch(url, { method: "POST", body, signal: AbortSignal.timeout(15000) });
    say("failed", answer.ok || answer.status === 409 ? "" : await answer.text()); // 409 is said by the stream
    if (answer.status === 403) location.reload();
  } catch {
    round += 1;
    say("failed", page.failed);
  } finally {
    clearTimeout(slow);
    say("slow", "");
  }
}

document.addEventListener("submit", event => {
  const form = event.target, by = event.submitter;
  if ("native" in form.dataset) return;
  event.preventDefault();
  post(by?.hasAttribute("formaction") ? by.formAction : form.action, new URLSearchParams(new FormData(form, by)));
});
document.addEventListener("input", event => {
  const form = event.target.closest("[data-typing]");
  clearTimeout(typing);
  if (form) typing = setTimeout(() => form.requestSubmit(), 120);
});

function press(button) {
  button.dataset.pressed = "";
  setTimeout(() => delete button.dataset.pressed, 140);
}
document.addEventListener("pointerdown", event => {
  byKey = false;
  audio();
  const button = event.target.closest("button:enabled, a");
  if (button) press(button);
});
document.addEventListener("click", event => {
  const button = event.target.closest("button"), digit = button?.dataset.digit;
  if (digit !== undefined) {
    const field = button.closest(".dialog").querySelector("[data-pad]");
    field.value = digit ? (field.value + digit).slice(0, field.maxLength) : field.value.slice(0, -1);
  }
  if (button && event.detail && !button.closest("#dialog")) button.blur(); // so that Enter is the next step, not this
});
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  byKey = true;
  audio();
  const key = event.key === "." ? "," : event.key, field = event.target.matches("input:not([type=radio])");
  if (field && key !== "Escape" && !/^F\d/.test(key)) return;
  if (key === "Enter" && (event.repeat || event.target.closest("button, a"))) return;
  const box = document.querySelector("#dialog:not([hidden])") || document.querySelector("#change:not([hidden])") || document;
  const there = box.querySelector(`[data-key="${CSS.escape(key)}"]:enabled, [data-digit="${CSS.escape(key)}"]`);
  if (there) {
    event.preventDefault();
    event.target.blur(); // what was focused is not meant by the next Enter any more
    press(there);
    there.nodeName === "INPUT" ? there.focus() : there.click();
  } else if (field) event.target.blur();
});

let speaker = null;
function audio() {
  speaker ||= new AudioContext();
  if (speaker.state === "suspended") speaker.resume();
}
function sound(kind) {
  audio();
  for (const [pitch, start, length] of kind === "good" ? [[1320, 0, 0.07]] : [[196, 0, 0.16], [165, 0.2, 0.26]]) {
    const tone = speaker.createOscillator(), volume = speaker.createGain(), from = speaker.currentTime + start;
    tone.type = kind === "good" ? "sine" : "square";
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.25, from);
    volume.gain.exponentialRampToValueAtTime(0.001, from + length);
    tone.connect(volume).connect(speaker.destination);
    tone.start(from);
    tone.stop(from + length);
  }
}

follow(document.body);
if (at("dialog")) modal();
connect();
