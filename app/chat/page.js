// The document pane beside the conversation: opens the place that a citation names, marks it, steps through the
// places of an answer. The conversation itself is Gradio's; this file only reads its links.

import { openPages } from "/page/pages.js";

const NARROW = matchMedia("(max-width: 799px)");
const pane = document.createElement("section");
pane.id = "pane";
pane.setAttribute("aria-label", "Document");

let links = []; // of the answer whose places are shown, in the order of their numbers
let current = -1; // index into links
let loaded = ""; // address of the content that the pane holds
let request = 0; // number of the latest request for content; an older one that arrives late is dropped
let pages = null; // the view of the document's pages, where it has any
let opener = null; // the link that opened the sheet; focus returns to it

const question = () => document.querySelector("#question textarea");
const place = (link) => new URLSearchParams(link.hash.slice(1));
const sameDocument = (a, b) => a.get("document") === b.get("document") && a.get("sha256") === b.get("sha256");

function unique(list) {
  return list.filter((link, index) => list.findIndex((other) => other.hash === link.hash) === index);
}

function contentAddress(link) {
  const shown = place(link);
  const query = new URLSearchParams({ document: shown.get("document"), sha256: shown.get("sha256") ?? "" });
  links.forEach((other, index) => {
    const at = place(other);
    if (at.has("start") && sameDocument(at, shown)) query.append("mark", `${index + 1}:${at.get("start")}-${at.get("end")}`);
  });
  return `/api/pane?${query}`;
}

function marksOf(address) {
  return new URL(address, location).searchParams.getAll("mark").map((mark) => {
    const [number, start, end] = mark.split(/[:-]/).map(Number);
    return { number, start, end, kind: "cited" };
  });
}

async function load(address) {
  const ticket = ++request; // a request under way must not replace this content, even where it is loaded already
  if (address === loaded) return true;
  let content;
  try {
    content = await (await fetch(address)).text();
  } catch {
    content = "<p class=\"notice\">The server does not answer. Is inquote still running?</p>";
    address = "";
  }
  if (ticket !== request) return false;
  const step = pane.contains(document.activeElement) ? document.activeElement.dataset.step : undefined;
  pages?.close();
  pane.innerHTML = content;
  pages = openPages(pane, showCurrent);
  pages?.setMarks(marksOf(address));
  loaded = address;
  if (step) pane.querySelector(`[data-step="${step}"]`)?.focus();
  return true;
}

function pieces(number) {
  return [...pane.querySelectorAll("mark")].filter((mark) => mark.dataset.cite.split(" ").includes(String(number)));
}

function showCurrent() {
  const number = current + 1;
  pane.querySelectorAll("mark.current").forEach((mark) => mark.classList.remove("current"));
  const marks = pieces(number);
  marks.forEach((mark) => mark.classList.add("current"));
  const where = pane.querySelector(`.stepper li[data-number="${number}"]`);
  const at = pane.querySelector(".stepper .at");
  const isCitation = links[current]?.classList.contains("cite");
  pane.dataset.kind = isCitation ? "cite" : "near";
  const count = `${isCitation ? "Citation" : "Passage"} ${number} of ${links.length}`;
  // Copied as nodes, for marks are elements.
  at?.replaceChildren(where?.textContent ? `${count} · ` : count, ...(where?.cloneNode(true).childNodes ?? []));
  pane.querySelectorAll("[data-step]").forEach((button) => (button.hidden = links.length < 2));
  document.querySelectorAll("#log a.open-place").forEach((link) => link.classList.remove("open-place"));
  const hash = links[current]?.hash;
  document.querySelectorAll("#log a.cite, #log a.near").forEach((link) => {
    if (link.hash === hash) link.classList.add("open-place");
  });
  if (pages?.isShown) showOnPage(place(links[current]));
  else if (marks.length) center(marks[0]);
}

// Words that stand nowhere on a page, such as a comment, are shown in the text.
async function showOnPage(at) {
  const range = { start: Number(at.get("start")), end: Number(at.get("end")) };
  if (at.has("start") && !(await pages.show(range))) pages.showText();
}

// The parts of a long document take their true height only when they come near the screen, so look twice.
function center(mark) {
  mark.scrollIntoView({ block: "center", inline: "nearest" });
  requestAnimationFrame(() => requestAnimationFrame(() => mark.scrollIntoView({ block: "center", inline: "nearest" })));
}

async function open(link, { sheet = true } = {}) {
  const answer = link.closest(".answer");
  const kind = link.classList.contains("cite") ? "a.cite" : "a.near";
  links = answer ? unique([...answer.querySelectorAll(kind)]) : [link];
  current = links.findIndex((other) => other.hash === link.hash);
  if (sheet && NARROW.matches) openSheet(link);
  if (await load(contentAddress(link))) showCurrent();
}

function step(by) {
  if (links.length < 2) return;
  current = (current + by + links.length) % links.length;
  const link = links[current];
  load(contentAddress(link)).then((ready) => ready && showCurrent());
}

// A question as it was understood, put into the box to be changed and asked as it stands. The server reads from the
// hidden field whether it stands alone; a box that was emptied, or left with Escape, is for the next question again.
const editing = document.createElement("p");
editing.id = "editing";
editing.setAttribute("role", "status");

function typeInto(field, text) {
  if (!field || field.value === text) return;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function edit(link) {
  typeInto(question(), link.parentElement.querySelector("q").textContent);
  typeInto(document.querySelector("#alone textarea"), "alone");
  editing.textContent = "Change the question and press Enter; it is asked as it stands, misspelt words aside. Escape leaves it.";
  question().focus();
  question().select();
}

function leaveEditing() {
  if (!editing.textContent) return;
  editing.textContent = "";
  typeInto(document.querySelector("#alone textarea"), "");
}

function openSheet(link) {
  opener = link;
  pane.setAttribute("role", "dialog");
  pane.setAttribute("aria-modal", "true");
  document.body.classList.add("sheet-open");
  document.querySelector("#conversation").inert = true;
  pane.tabIndex = -1;
  pane.focus({ preventScroll: true });
}

function closeSheet() {
  if (!document.body.classList.contains("sheet-open")) return;
  pane.removeAttribute("role");
  pane.removeAttribute("aria-modal");
  document.body.classList.remove("sheet-open");
  document.querySelector("#conversation").inert = false;
  (opener?.isConnected ? opener : question())?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#log a.cite, #log a.near, #pane a.open, #corpus a.open");
  if (link) {
    event.preventDefault();
    open(link);
  } else if (event.target.closest?.("#pane [data-step]")) {
    step(Number(event.target.closest("[data-step]").dataset.step));
  } else if (event.target.closest?.("#pane .close")) {
    closeSheet();
  } else if (event.target.closest?.("#log a.edit")) {
    event.preventDefault();
    edit(event.target.closest("a.edit"));
  } else if (event.target.closest?.("#examples button, #new")) {
    question()?.focus();
  }
});

document.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by && event.altKey && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    step(by);
  } else if (event.key === "Escape") {
    if (editing.textContent) typeInto(question(), "");
    closeSheet();
  } else if (event.key === " " && event.target.matches?.("#log a[role=button], #notice a[role=button]")) {
    event.preventDefault();
    event.target.click();
  }
});

document.addEventListener("input", (event) => {
  if (event.target === question() && !event.target.value) leaveEditing();
});

NARROW.addEventListener("change", () => closeSheet());

// Gradio labels every message with its own HTML source; a screen reader should hear the text instead.
function tidy(log) {
  log.querySelectorAll("[aria-label*='message:']").forEach((message) => message.removeAttribute("aria-label"));
  log.querySelector("[role=log]")?.setAttribute("aria-label", "Answers");
}

let answers = 0;
let messages = 0;
function follow(log) {
  tidy(log);
  const questions = log.querySelectorAll(".question");
  if (questions.length !== messages) {
    messages = questions.length;
    editing.textContent = "";
    questions[messages - 1]?.scrollIntoView({ block: "start" });
    if (new URLSearchParams(location.search).has("q")) history.replaceState(null, "", location.pathname);
  }
  const finished = [...log.querySelectorAll(".answer:not(.waiting)")];
  if (finished.length === answers) return;
  answers = finished.length;
  const latest = finished.at(-1);
  const first = latest?.querySelector("a.cite") ?? latest?.querySelector("a.near");
  if (first) open(first, { sheet: false });
  questions[messages - 1]?.scrollIntoView({ block: "start" });
}

function begin(log) {
  document.querySelector("#document").append(pane);
  const conversation = document.querySelector("#conversation");
  conversation.setAttribute("role", "region");
  conversation.setAttribute("aria-label", "Conversation");
  question().closest(".form, .block").before(editing);
  new MutationObserver(() => follow(log)).observe(log, { childList: true, subtree: true, characterData: true });
  follow(log);
  if (!links.length) load("/api/pane");
}

function wait() {
  const log = document.querySelector("#log");
  if (log && document.querySelector("#document") && question()) begin(log);
  else requestAnimationFrame(wait);
}
wait();
