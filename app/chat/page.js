// The document pane beside the conversation: opens the place that a citation names, marks it, steps through the
// places of an answer. The conversation itself is Gradio's; this file only reads its links.

import { question, send, typeInto, writeOn } from "./box.js";
import { beginWatching, GONE, look, mustWait, noteSent, noteShown, TAKEN_IN } from "./connection.js";
import { beginConversation, saveSoon } from "./conversations.js";
import { DocumentTools } from "./document_tools.js";
import { askReading, bringBranchBack, editEarlier, editing, editUnderstood, endEditing, isEditing, leaveEditing } from "./editing.js";
import { keepViewName, openPages, viewName } from "./pages.js";
import { addLimit, followQuestion, isLimitedOnce, limited, limitTo, placeControl } from "./scope_control.js";
import { questionAbout, Selection } from "./selection.js";
import { TextView } from "./text_view.js";

const PATIENCE = 400; // milliseconds without a word while a document comes
const NARROW = matchMedia("(max-width: 799px)");
const pane = document.createElement("section");
pane.id = "pane";
pane.setAttribute("aria-label", "Document");

let links = []; // of the answer whose places are shown, in the order of their numbers
let current = -1; // index into links
let loaded = ""; // address of the content that the pane holds
let request = 0; // number of the latest request for content; an older one that arrives late is dropped
let opener = null; // the link that opened the sheet; focus returns to it
let text = null; // the view of the document's text, null while the pane holds no document
let pages = null; // the view of the document's pages, null where it has none that can be shown
let view = null; // the view that is shown
let selection = null; // what is selected in the text
const tools = new DocumentTools(pane, { shown: () => view, text: () => text, loadText });

const place = (link) => new URLSearchParams(link.hash.slice(1));
const sameDocument = (a, b) => a.get("document") === b.get("document") && a.get("sha256") === b.get("sha256");

function unique(list) {
  return list.filter((link, index) => list.findIndex((other) => other.hash === link.hash) === index);
}

function contentAddress(link) {
  const shown = place(link);
  const query = new URLSearchParams({ document: shown.get("document"), sha256: shown.get("sha256") ?? "", view: viewName() });
  links.forEach((other, index) => {
    const at = place(other);
    if (at.has("start") && sameDocument(at, shown)) query.append("mark", `${index + 1}:${at.get("start")}-${at.get("end")}`);
  });
  return `api/pane?${query}`;
}

async function load(address) {
  const ticket = ++request; // a request under way must not replace this content, even where it is loaded already
  if (address === loaded) return true;
  let content;
  const waiting = setTimeout(sayOpening, PATIENCE);
  try {
    content = await (await fetch(address)).text();
  } catch {
    content = `<p class="notice">${GONE}</p>`;
    address = "";
    look();
  } finally {
    clearTimeout(waiting);
  }
  if (ticket !== request) return false;
  const focused = pane.contains(document.activeElement) ? selectorOf(document.activeElement) : "";
  pane.innerHTML = content;
  loaded = address;
  attach();
  if (focused) pane.querySelector(focused)?.focus();
  return true;
}

// The selector of a control that every content of the pane has, "" for anything else.
function selectorOf({ dataset }) {
  const name = ["step", "view", "zoom", "panel"].find((key) => dataset[key]);
  return name ? `[data-${name}="${dataset[name]}"]` : "";
}

// What the pane holds is not what was asked for; what was comes as soon as the server has it.
function sayOpening() {
  if (pane.querySelector(".opening")) return;
  const line = document.createElement("p");
  line.className = "opening";
  line.setAttribute("role", "status");
  line.textContent = "Opening the document ...";
  pane.prepend(line);
}

// Take hold of the document that the pane holds now.
function attach() {
  const container = pane.querySelector(".document-text");
  text = view = selection = null;
  const ticket = request;
  const fallBack = () => ticket === request && showAs("text"); // what was asked for since falls back by itself
  pages = openPages(pane, pages, { onSight: () => tools.follow(), onFailure: fallBack });
  if (pane.querySelector(".tools")) {
    text = new TextView(container, () => tools.follow());
    view = pages?.isShown ? pages : text;
    selection = new Selection(pane.querySelector(".selection"), view, new URLSearchParams(container.dataset.place), askAbout);
  }
  pages?.setMarks(marksOf(loaded));
  tools.attach();
}

function marksOf(address) {
  const marks = new URL(address, location).searchParams.getAll("mark").map((mark) => mark.split(/[:-]/).map(Number));
  return marks.map(([number, start, end]) => ({ number, start, end, kind: "cited" }));
}

function addressAs(name) {
  const [path, query] = loaded.split("?");
  const parameters = new URLSearchParams(query);
  parameters.set("view", name);
  return `${path}?${parameters}`;
}

// Show the document as "page" or "text", at the same place: the current mark where it is in sight, else the page.
async function showAs(name, isAtCurrent = isInSight(view?.container.querySelector(".mark.current, mark.current"))) {
  const sight = view?.inSight();
  if (!(await load(addressAs(name)))) return;
  await showCurrent();
  if (!isAtCurrent && sight?.page) view?.showPage(sight.page);
}

function isInSight(mark) {
  const { top, bottom } = mark?.getBoundingClientRect() ?? {};
  const frame = view?.container.getBoundingClientRect();
  return Boolean(mark) && bottom > frame.top && top < frame.bottom;
}

// The text is left out while pages are shown; what searches it needs it.
async function loadText() {
  if (!text || text.container.childElementCount) return;
  const whole = document.createElement("template");
  whole.innerHTML = await (await fetch(addressAs("text"))).text();
  text.container.replaceChildren(...whole.content.querySelector(".document-text").childNodes);
  text = new TextView(text.container, () => tools.follow());
  tools.attach();
}

function showCurrent() {
  const number = current + 1;
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
  const shown = links[current] ? place(links[current]) : new URLSearchParams();
  if (shown.has("start")) return showPlace({ start: Number(shown.get("start")), end: Number(shown.get("end")), number });
}

// Words that stand nowhere on a page, such as a comment, are shown in the text.
async function showPlace(range) {
  const ticket = request;
  const isShown = await view?.show(range);
  if (view === pages && isShown === false && ticket === request) showAs("text", true);
}

// A link of a list of citations stands for the link of the answer that cites that place.
function original(link) {
  const same = (other) => ["document", "sha256", "start", "end"].every((name) => place(other).get(name) === place(link).get(name));
  return [...document.querySelectorAll("#log a.cite")].find(same) ?? link;
}

async function open(link, { sheet = true } = {}) {
  const answer = link.closest(".answer");
  const kind = link.classList.contains("cite") ? "a.cite" : "a.near";
  // Of the passages that were looked at, those under a refusal are marked, not all that are in "Why".
  const group = kind === "a.near" ? ".nearest a.near" : kind;
  links = answer ? unique([...answer.querySelectorAll(group)]) : [];
  if (!links.some((other) => other.hash === link.hash)) links = [link];
  current = links.findIndex((other) => other.hash === link.hash);
  if (sheet && NARROW.matches) openSheet(link);
  const shown = pane.querySelector(".tools") && documentHere().place;
  if (place(link).get("document") !== shown) tools.leave();
  if (await load(contentAddress(link))) showCurrent();
}

function step(by) {
  if (links.length < 2) return;
  current = (current + by + links.length) % links.length;
  const link = links[current];
  load(contentAddress(link)).then((ready) => ready && showCurrent());
}

// The document at hand, as something to limit questions to.
function documentHere() {
  const shown = new URLSearchParams(pane.querySelector(".document-text").dataset.place);
  return { place: shown.get("document"), name: pane.querySelector("#document-title").textContent };
}

// A question about the document at hand; the line above the box says so.
function askAbout(words) {
  limitTo([documentHere()], { once: true });
  closeSheet();
  typeInto("question", questionAbout(words));
  writeOn();
}

function askHere(text) {
  limitTo([documentHere()], { once: true });
  closeSheet();
  typeInto("question", text);
  send();
}

function askOnly(place) {
  addLimit(place);
  closeSheet();
  writeOn();
}

// Show a document that was just taken in, with what it is about.
async function openWithOverview(id, options) {
  const link = document.createElement("a");
  link.href = `#${new URLSearchParams({ document: id })}`;
  await open(link, options);
  tools.toggle("overview", { isOpen: true });
}

function openSheet(link) {
  opener = link;
  pane.setAttribute("role", "dialog");
  pane.setAttribute("aria-modal", "true");
  document.body.classList.add("sheet-open");
  document.querySelector("#conversation").inert = true;
  history.pushState({ sheet: true }, ""); // so that "back" closes the document and stays here
  pane.tabIndex = -1;
  pane.focus({ preventScroll: true });
}

function closeSheet() {
  if (!document.body.classList.contains("sheet-open")) return;
  if (history.state?.sheet) history.back();
  pane.removeAttribute("role");
  pane.removeAttribute("aria-modal");
  document.body.classList.remove("sheet-open");
  document.querySelector("#conversation").inert = false;
  (opener?.isConnected ? opener : question())?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#log a.cite, #log a.near, #pane a.open, #pane a.place, #corpus a.open");
  if (link) {
    event.preventDefault();
    if (link.matches(".with-overview")) openWithOverview(place(link).get("document"));
    else open(original(link));
  } else if (event.target.closest?.("#pane :is(a.to-note, a.from-note)")) {
    event.preventDefault();
    goToNote(event.target.closest("a"));
  } else if (event.target.closest?.("#pane [data-step]")) {
    step(Number(event.target.closest("[data-step]").dataset.step));
  } else if (event.target.closest?.("#pane [data-view]")) {
    const { view: name } = event.target.closest("[data-view]").dataset;
    keepViewName(name);
    showAs(name);
  } else if (event.target.closest?.("#pane .close")) {
    closeSheet();
  } else if (event.target.closest?.("#pane [data-ask]")) {
    askAbout("");
  } else if (event.target.closest?.("#pane [data-ask-here]")) {
    askHere(event.target.textContent);
  } else if (event.target.closest?.("#pane [data-only]")) {
    askOnly(documentHere());
  } else if (event.target.closest?.("#log a.only")) {
    event.preventDefault();
    const only = place(event.target.closest("a.only"));
    askOnly({ place: only.get("only"), name: only.get("name") });
  } else if (event.target.closest?.("#log a.edit")) {
    event.preventDefault();
    editUnderstood(event.target.closest("a.edit"));
  } else if (event.target.closest?.("#log a.change")) {
    event.preventDefault();
    editEarlier(event.target.closest("a.change"));
  } else if (event.target.closest?.("#log a.bring-back")) {
    event.preventDefault();
    bringBranchBack(event.target.closest("a.bring-back"));
  } else if (event.target.closest?.("#log a.reading")) {
    event.preventDefault();
    askReading(event.target.closest("a.reading"));
  } else if (event.target.closest?.("#examples button, #new")) {
    hasAsked = true;
    question()?.focus();
  }
});

document.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by && event.altKey && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    step(by);
  } else if (event.key === "Escape") {
    if (isEditing()) typeInto("question", "");
    if (isLimitedOnce() && event.target === question()) limitTo([]);
    closeSheet();
  } else if (event.key === " " && event.target.matches?.("#log a[role=button], #notice a[role=button]")) {
    event.preventDefault();
    event.target.click();
  }
});

// A question is sent by Enter or by the button. An empty one is none; one without a server waits for it.
function checkSending(event) {
  const text = question().value;
  if (text.trim() && !mustWait()) {
    hasAsked = true;
    return noteSent(text);
  }
  event.preventDefault();
  event.stopImmediatePropagation();
}

for (const kind of ["keydown", "keypress"]) {
  document.addEventListener(kind, (event) => {
    const isSent = event.target === question() && event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (isSent) checkSending(event);
  }, true);
}
document.addEventListener("click", (event) => {
  if (event.target.closest?.("#question button.submit-button")) checkSending(event);
}, true);

// What the pane could not fetch is fetched now.
document.addEventListener("server-back", () => {
  if (loaded) return;
  load(links.length ? contentAddress(links[current]) : `api/pane?view=${viewName()}`).then((ready) => ready && showCurrent());
});

// A document that was just taken in opens. Else the one at hand may have another title now, or be gone; if not, whoever
// reads it is left in peace.
document.addEventListener("corpus-changed", async (event) => {
  document.querySelector("#introduce-anew")?.click();
  if (event.detail?.opens) return openWithOverview(event.detail.opens, { sheet: false });
  const address = loaded;
  const reply = address && (await fetch(address).catch(() => null));
  if (!reply) return;
  const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
  const title = (root) => root.querySelector("#document-title")?.textContent;
  if (loaded !== address || (pane.querySelector(".tools") && title(fresh) === title(pane))) return;
  loaded = "";
  if (await load(address)) showCurrent();
});

document.addEventListener("input", (event) => {
  if (event.target === question() && !event.target.value) leaveEditing();
});

document.addEventListener("selectionchange", () => selection?.follow());

// From a mark to its note, and from a note to its mark.
function goToNote(link) {
  const target = pane.querySelector(link.hash);
  target?.scrollIntoView({ block: "center" });
  target?.focus({ preventScroll: true });
}

NARROW.addEventListener("change", () => closeSheet());
addEventListener("popstate", () => closeSheet());

// Gradio labels every message with its own HTML source; a screen reader should hear the text instead.
function tidy(log) {
  log.querySelectorAll("[aria-label*='message:']").forEach((message) => message.removeAttribute("aria-label"));
  log.querySelector("[role=log]")?.setAttribute("aria-label", "Answers");
}

let hasAsked = false; // here, whose question is not shown yet
let shownTurn = ""; // the latest question and answer that were followed
let shownAnswer = "";
function follow(log) {
  tidy(log);
  saveSoon();
  const questions = [...log.querySelectorAll(".question")];
  const latest = [...log.querySelectorAll(".answer")].at(-1);
  const turn = `${questions.length} ${questions.length && (log.querySelectorAll("a.change")[questions.length - 1]?.hash ?? "")}`;
  if (turn !== shownTurn) {
    shownTurn = turn;
    noteShown();
    endEditing();
    if (hasAsked) followQuestion();
    hasAsked = false;
    questions.at(-1)?.scrollIntoView({ block: "start" });
    const latestQuestion = questions.at(-1)?.textContent.trim().slice(0, 80);
    document.title = latestQuestion ? `${latestQuestion} · inquote` : "inquote";
    // Gradio sends what stands in the address with its first event, which may come after this.
    if (latestQuestion && new URLSearchParams(location.search).has("q")) history.replaceState(null, "", location.pathname);
  }
  const isFinished = latest && !latest.matches(".waiting") && log.querySelectorAll(".answer").length === questions.length;
  if (!isFinished || turn === shownAnswer) return;
  shownAnswer = turn;
  const first = latest.querySelector("a.cite") ?? latest.querySelector("a.near");
  if (first) open(first, { sheet: latest.matches(".shows") });
  tools.refreshPlaces();
  questions.at(-1)?.scrollIntoView({ block: "start" });
}

function begin(log) {
  document.querySelector("#document").append(pane);
  const conversation = document.querySelector("#conversation");
  conversation.setAttribute("role", "region");
  conversation.setAttribute("aria-label", "Conversation");
  question().closest(".form, .block").before(editing);
  placeControl(editing);
  // What was typed before a reload is asked after the conversation that comes back.
  beginConversation().finally(() => beginWatching(limited));
  new MutationObserver(() => follow(log)).observe(log, { childList: true, subtree: true, characterData: true });
  follow(log);
  const linked = document.createElement("a");
  linked.href = location.hash;
  if (links.length) return;
  const takenIn = sessionStorage.getItem(TAKEN_IN);
  sessionStorage.removeItem(TAKEN_IN);
  if (takenIn) openWithOverview(takenIn, { sheet: false });
  else if (place(linked).has("document")) open(linked);
  else load(`api/pane?view=${viewName()}`);
}

function wait() {
  const log = document.querySelector("#log");
  // The box is drawn before the form around it, and before the buttons.
  const isDrawn = question()?.closest(".form, .block") && document.querySelector("#new");
  if (log && document.querySelector("#document") && isDrawn) begin(log);
  else requestAnimationFrame(wait);
}
wait();
