// Notice that the server is gone, say so, and go on by itself when it is back. A question that was sent meanwhile is
// asked then. Say too what the server says of its library: that the store is out of reach. Gradio's own client reloads
// the page once a question of its own was lost; what was typed lives through that.

const ADDRESS = "healthz";
const WHILE_THERE = 4000; // milliseconds between two looks at the server
const WHILE_GONE = 1000;
const DRAFT = "inquote-draft";
export const TAKEN_IN = "inquote-taken-in"; // the document to show after a reload
export const GONE = "The server does not answer. This page goes on by itself as soon as it does.";

const line = document.createElement("p");
line.id = "connection";
line.setAttribute("role", "status");

let isGone = false;
let timer = 0;
let waiting = false; // whether the text in the box is to be asked

const box = () => document.querySelector("#question textarea");

// Whether the question in the box has to wait until the server is back.
export function mustWait() {
  if (!isGone) return false;
  waiting = true;
  line.textContent = `${GONE} Your question is asked then.`;
  return true;
}

// Look at the server now, for something else has failed.
export async function look() {
  clearTimeout(timer);
  let isThere = false;
  let notice = "";
  try {
    const response = await fetch(ADDRESS, { cache: "no-store" });
    isThere = response.status < 500;
    notice = (await response.json()).notice ?? "";
  } catch {}
  if (isThere === isGone) turn(!isThere);
  if (isThere && line.textContent !== notice) line.textContent = notice;
  timer = setTimeout(() => (document.hidden && !isGone ? null : look()), isGone ? WHILE_GONE : WHILE_THERE);
}

function turn(gone) {
  isGone = gone;
  line.textContent = gone ? GONE : "";
  if (gone) return;
  document.dispatchEvent(new CustomEvent("server-back"));
  if (waiting) document.querySelector("#question button.submit-button")?.click();
  waiting = false;
}

// ---- what was typed, over a reload

let sent = ""; // the question that was sent and is not shown yet

export function noteSent(text) {
  sent = text;
}

export function noteShown() {
  sent = "";
}

function keepDraft() {
  const text = sent || box()?.value || "";
  if (text) sessionStorage.setItem(DRAFT, JSON.stringify({ text, ask: Boolean(sent || waiting) }));
}

// Put back what was in the box, and ask it where it had been sent. Returns whether it is asked.
function restoreDraft() {
  const draft = JSON.parse(sessionStorage.getItem(DRAFT) ?? "null");
  sessionStorage.removeItem(DRAFT);
  if (!draft || box().value) return;
  box().value = draft.text;
  box().dispatchEvent(new Event("input", { bubbles: true }));
  if (draft.ask) setTimeout(() => document.querySelector("#question button.submit-button")?.click());
}

export function beginWatching(before) {
  before.before(line);
  restoreDraft();
  addEventListener("pagehide", keepDraft);
  document.addEventListener("visibilitychange", () => document.hidden || look());
  look();
}
