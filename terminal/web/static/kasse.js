// The screen's whole script: events in, elements morphed; buttons and forms posted, one after the other, none lost.
"use strict";

const page = document.body.dataset;
const KEPT = ["data-pressed", "data-count"];  // ours, not the server's
let counts = {};
let byKey = false;  // the last touch was a key: then the focus is moved along

// ---- elements -----------------------------------------------------------------------------------------------------

// Make `from` look like `to` and keep the elements: a finger on a button must not find it replaced under it.
function morph(from, to) {
  for (const { name } of [...from.attributes])
    if (!to.hasAttribute(name) && !KEPT.includes(name)) from.removeAttribute(name);
  for (const { name, value } of [...to.attributes])
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  if (from.nodeName === "INPUT") {
    if (from !== document.activeElement && to.hasAttribute("value")) from.value = to.getAttribute("value");
    return;
  }
  const keyed = new Map([...from.children].filter(child => child.id).map(child => [child.id, child]));
  let at = from.firstChild;
  for (const want of [...to.childNodes]) {
    const have = want.id ? keyed.get(want.id) : at;
    if (!have || have.nodeName !== want.nodeName || (have.id || "") !== (want.id || "")) {
      from.insertBefore(want, at);
      continue;
    }
    if (have === at) at = at.nextSibling;
    else from.insertBefore(have, at);
    if (have.nodeType === Node.ELEMENT_NODE) morph(have, want);
    else if (have.nodeValue !== want.nodeValue) have.nodeValue = want.nodeValue;
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function show(id, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const element = document.getElementById(id);
  morph(element, template.content.firstElementChild);
  if (id === "right") badge();
  if (id === "dialog") modal();
  follow(id === "alerts" ? document.body : element);
}

function follow(element) {
  for (const chosen of element.querySelectorAll("[data-scroll] .chosen"))
    chosen.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function badge() {
  for (const tile of document.querySelectorAll("[data-tiles] button"))
    if (counts[tile.value]) tile.dataset.count = counts[tile.value];
    else delete tile.dataset.count;
}

let modalWas = "";
function modal() {
  const dialog = document.getElementById("dialog");
  const title = dialog.hidden ? "" : dialog.querySelector("h1").textContent;
  document.getElementById("main").inert = !dialog.hidden;
  if (title && title !== modalWas)
    (dialog.querySelector("[data-first]") || dialog.querySelector("button")).focus();
  modalWas = title;
}

// ---- the stream ---------------------------------------------------------------------------------------------------

const banner = document.getElementById("banner");
const said = {};
function say(kind, text) {
  if (text) said[kind] = text;
  else delete said[kind];
  banner.textContent = said.lost || said.failed || said.slow || "";
  banner.hidden = !banner.textContent;
}

let heard = Date.now();
let source = null;
let losing = 0;
function lost() {
  losing ||= setTimeout(() => say("lost", page.lost), 1200);
}
function connect() {
  source?.close();
  source = new EventSource(page.stream);
  const on = (name, what) => source.addEventListener(name, event => {
    heard = Date.now();
    what(JSON.parse(event.data));
  });
  for (const element of document.querySelectorAll("[data-live]")) on(element.id, html => show(element.id, html));
  on("view", view => {
    const before = page.view;
    Object.assign(page, view);
    if (byKey && before !== view.view) document.querySelector("#right [data-first], #change [data-first]")?.focus();
  });
  on("badges", data => { counts = data; badge(); });
  on("sound", sound);
  on("beat", () => {});
  on("hello", version => { if (version !== page.version) location.reload(); });
  source.onopen = () => {
    clearTimeout(losing);
    losing = 0;
    say("lost", "");
  };
  source.onerror = () => {
    lost();
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  };
}
setInterval(() => {
  if (Date.now() - heard < 40000) return;  // a beat comes every 15 s
  heard = Date.now();
  lost();
  connect();
}, 5000);

// ---- touches ------------------------------------------------------------------------------------------------------

let queue = Promise.resolve();
let round = 0;  // touches queued before a failure are not sent after it
function post(url, body) {
  const mine = round;
  queue = queue.then(() => mine === round ? send(url, body) : undefined);
}
async function send(url, body) {
  const slow = setTimeout(() => say("slow", page.slow), 1000);
  try {
    const answer = await fetch(url, { method: "POST", body, signal: AbortSignal.timeout(15000) });
    say("failed", "");
    if (answer.status === 403) location.reload();
    else if (!answer.ok && answer.status !== 409) say("failed", await answer.text());  // 409 is said by the stream
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

let typing = 0;
document.addEventListener("input", event => {
  const form = event.target.closest("[data-typing]");
  if (!form) return;
  clearTimeout(typing);
  typing = setTimeout(() => form.requestSubmit(), 120);
});

function press(button) {
  button.dataset.pressed = "";
  setTimeout(() => delete button.dataset.pressed, 140);
}

document.addEventListener("pointerdown", event => {
  byKey = false;
  audio();
  const button = event.target.closest("button, a");
  if (button && !button.disabled) press(button);
});
document.addEventListener("click", event => {
  const button = event.target.closest("button");
  if (!button) return;
  if ("digit" in button.dataset) digit(button);
  if (event.detail && !button.closest("#dialog")) button.blur();  // so that Enter is the next step, not this again
});

function digit(button) {
  const field = button.closest(".dialog").querySelector("[data-pad]");
  field.value = button.dataset.digit ? (field.value + button.dataset.digit).slice(0, field.maxLength) : field.value.slice(0, -1);
}

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  byKey = true;
  audio();
  const key = event.key === "." ? "," : event.key;
  const field = event.target.matches("input:not([type=radio])");
  if (field && key !== "Escape" && !/^F\d/.test(key)) return;
  if (key === "Enter" && (event.repeat || event.target.closest("button, a"))) return;
  const dialog = document.getElementById("dialog");
  const box = dialog && !dialog.hidden ? dialog : document.querySelector("#change:not([hidden])") || document;
  const there = box.querySelector(`[data-key="${CSS.escape(key)}"]:not(:disabled)`);
  if (there) {
    event.preventDefault();
    if (there.nodeName === "INPUT") there.focus();
    else { press(there); there.click(); }
  } else if (field && key === "Escape") event.target.blur();
  else if (/^\d$/.test(key)) box.querySelector(`[data-digit="${key}"]`)?.click();
});

// ---- sounds -------------------------------------------------------------------------------------------------------

let speaker = null;
function audio() {
  speaker ||= new AudioContext();
  if (speaker.state === "suspended") speaker.resume();
}
function sound(kind) {
  audio();
  const notes = kind === "good" ? [[1320, 0, 0.07]] : [[196, 0, 0.16], [165, 0.2, 0.26]];
  for (const [pitch, start, length] of notes) {
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
if (document.getElementById("dialog")) modal();
connect();
