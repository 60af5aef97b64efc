"use strict";
/* The bench in the browser: changes come in as fragments and are merged into the page, buttons are posted, the search
   and the groups hide tiles, the scale asks for its label. Without this script the buttons still work, as forms. */

const byId = (id) => document.getElementById(id);

/* Makes `have` like `want`, keeping nodes (and so focus, typed text and open details) where they are alike. */
function merge(have, want) {
  const wanted = [...want.childNodes];
  wanted.forEach((node, at) => {
    const old = have.childNodes[at];
    if (!old) return have.append(node.cloneNode(true));
    if (node.id && node.id !== old.id) {
      const moved = [...have.childNodes].find((each) => each.id === node.id);
      have.insertBefore(moved || node.cloneNode(true), old);
      if (!moved) return;
    }
    mergeOne(have, have.childNodes[at], node);
  });
  while (have.childNodes.length > wanted.length) have.lastChild.remove();
}

function mergeOne(have, old, node) {
  if (old.nodeName !== node.nodeName) {
    // One with an id may be wanted further down.
    if (old.id) return have.insertBefore(node.cloneNode(true), old);
    return old.replaceWith(node.cloneNode(true));
  }
  if (node.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== node.nodeValue) old.nodeValue = node.nodeValue;
    return;
  }
  for (const { name, value } of node.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) {
    if (!node.hasAttribute(name) && !(name === "open" && old.nodeName === "DETAILS")) old.removeAttribute(name);
  }
  merge(old, node);
}

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/* --- what the simulators do */

function listen() {
  const live = byId("live");
  const stream = new EventSource("/bench/events");
  stream.onopen = () => { live.textContent = "live"; live.className = "on"; };
  stream.onerror = () => {
    live.textContent = "the simulators are gone; trying again …";
    live.className = "off";
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  };
  stream.onmessage = (event) => {
    for (const [id, html] of Object.entries(JSON.parse(event.data))) if (byId(id)) merge(byId(id), fragment(html));
  };
}

/* --- what a person does */

let saidUntil;
function say(sentence) {
  const said = byId("said");
  said.textContent = sentence;
  said.className = "on";
  clearTimeout(saidUntil);
  saidUntil = setTimeout(() => { said.className = ""; }, 6000);
}

async function post(form, button) {
  button.classList.remove("done", "failed");
  try {
    const body = new URLSearchParams(new FormData(form, button));
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/plain" } });
    if (!answer.ok) throw new Error(await answer.text());
    button.classList.add("done");
    if (form.id === "free") form.reset();
  } catch (error) {
    button.classList.add("failed");
    say(error instanceof TypeError ? "The simulators do not answer." : error.message);
  }
  setTimeout(() => button.classList.remove("done", "failed"), 600);
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  post(form, event.submitter || form.querySelector("button"));
});

const scanWith = byId("scan-with");
if (scanWith) {
  scanWith.addEventListener("change", () => {
    for (const form of document.querySelectorAll("[data-scan]")) form.action = `/bench/${scanWith.value}/scan`;
  });
}

let group = "All";
function show() {
  const words = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const tile of document.querySelectorAll(".tiles .tile")) {
    const inGroup = group === "All" || tile.dataset.group === group;
    tile.hidden = !(inGroup && words.every((word) => tile.dataset.find.includes(word)));
    found += !tile.hidden;
  }
  for (const chip of document.querySelectorAll(".chip")) chip.setAttribute("aria-pressed", chip.dataset.group === group);
  const scale = document.querySelector(".scale");
  if (scale) scale.hidden = group !== "Scale";
  byId("nothing").hidden = found > 0 || group === "Scale";
}

/* --- the scale */

let asked = 0;
async function weigh() {
  const item = byId("scale-code").selectedOptions[0];
  const value = Number(byId("scale-value").value);
  byId("scale-shown").textContent = item.dataset.unit === "g" ? `${value} g` : `${(value / 100).toFixed(2)} kr`;
  const mine = ++asked;
  const answer = await fetch(`/bench/label?code=${item.value}&value=${value}`);
  if (!answer.ok) return say(await answer.text());
  const html = await answer.text();
  if (mine === asked) merge(byId("label"), fragment(html));
}

function putOnScale() {
  const item = byId("scale-code").selectedOptions[0];
  const value = byId("scale-value");
  value.min = item.dataset.least;
  value.max = item.dataset.most;
  value.value = item.dataset.start;
  weigh();
}

if (byId("find")) {
  byId("find").addEventListener("input", show);
  for (const chip of document.querySelectorAll(".chip")) {
    chip.addEventListener("click", () => { group = chip.dataset.group; show(); });
  }
}
if (byId("scale-code")) {
  byId("scale-code").addEventListener("change", putOnScale);
  byId("scale-value").addEventListener("input", weigh);
  for (const key of document.querySelectorAll("[data-step]")) {
    key.addEventListener("click", () => {
      const value = byId("scale-value");
      value.value = Number(value.value) + Number(key.dataset.step);
      weigh();
    });
  }
  putOnScale();
}
listen();
