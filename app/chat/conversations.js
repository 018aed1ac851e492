// The conversations of this browser. A tab has its own; the others can be opened, and deleted, from the list of recent
// ones. Only questions are kept; the server answers them anew. People who log in have each their own, and so has every
// page of one host.

const STORE = "inquote-conversations";
const TAB = "inquote-tab";
const MOST = 50;

const kept = () => document.querySelector("#kept textarea");
let id = "";
let store = STORE; // where the conversations of this page and person are
let stale = null; // what the field still holds of the conversation that was left

function readAll() {
  try {
    return JSON.parse(localStorage.getItem(store)) ?? {};
  } catch {
    return {};
  }
}

function writeAll(all) {
  const newest = Object.entries(all).sort(([, a], [, b]) => b.at - a.at).slice(0, MOST);
  localStorage.setItem(store, JSON.stringify(Object.fromEntries(newest)));
}

function take(newId) {
  id = newId || crypto.getRandomValues(new Uint32Array(2)).join("-");
  sessionStorage.setItem(TAB, id);
  stale = kept()?.value ?? null;
}

// Keep what the server says of this tab's conversation.
function save() {
  const value = kept()?.value ?? "";
  if (!id || !value.startsWith("[") || value === stale) return;
  stale = null;
  const questions = JSON.parse(value);
  const all = readAll();
  // While questions are answered anew, those that still wait are not forgotten.
  const known = all[id]?.questions.slice(0, questions.length) ?? [];
  if (JSON.stringify(known) === value) return;
  all[id] = { at: Date.now(), questions };
  writeAll(all);
}

export function saveSoon() {
  requestAnimationFrame(() => setTimeout(save));
}

function bringBack(questions, replace) {
  kept().value = JSON.stringify({ questions, replace });
  kept().dispatchEvent(new Event("input", { bubbles: true }));
  document.querySelector("#bring-back").click();
}

// ---- the list

const dialog = document.createElement("dialog");
dialog.id = "recent";
dialog.setAttribute("aria-labelledby", "recent-title");
const opener = document.createElement("button");
opener.id = "recent-open";
opener.type = "button";
opener.textContent = "Recent";
opener.title = "Recent conversations of this browser";
opener.setAttribute("aria-haspopup", "dialog");

function make(tag, text, properties = {}) {
  return Object.assign(document.createElement(tag), { textContent: text, ...properties });
}

function itemOf([key, { at, questions }]) {
  const item = make("li", "");
  const name = String(questions[0]?.[0] ?? "").slice(0, 120);
  const openIt = make("button", name, { type: "button", className: "sentence" });
  openIt.addEventListener("click", () => {
    dialog.close();
    take(key);
    bringBack(questions, true);
  });
  const count = questions.length === 1 ? "1 question" : `${questions.length} questions`;
  const when = new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  const about = make("p", `${count} · ${when}${key === id ? " · this one" : ""}`, { className: "asked" });
  const erase = make("button", "Delete", { type: "button" });
  erase.setAttribute("aria-label", `Delete ${name}`);
  erase.addEventListener("click", () => {
    const { [key]: gone, ...others } = readAll();
    writeAll(others);
    const undo = make("button", "Undo", { type: "button" });
    undo.addEventListener("click", () => {
      writeAll({ ...readAll(), [key]: gone });
      const again = itemOf([key, gone]);
      item.replaceWith(again);
      again.querySelector("button").focus();
    });
    item.replaceChildren(make("p", `Deleted: ${name}`, { className: "asked" }), undo);
    undo.focus();
  });
  item.append(openIt, about, erase);
  return item;
}

function show() {
  save();
  const list = make("ul", "");
  list.append(...Object.entries(readAll()).sort(([, a], [, b]) => b.at - a.at).map(itemOf));
  const close = make("button", "Close", { type: "button" });
  close.addEventListener("click", () => dialog.close());
  const note = list.childElementCount
    ? "Kept in this browser alone: the questions, which are answered anew."
    : "There is none yet.";
  dialog.replaceChildren(make("h2", "Recent conversations", { id: "recent-title" }), make("p", note, { className: "asked" }), list, close);
  dialog.showModal();
}
opener.addEventListener("click", show);

async function nameStore() {
  const { name } = await (await fetch("api/person")).json().catch(() => ({}));
  const folder = location.pathname.replace(/^\/|\/$/g, "");
  store = [STORE, folder, name].filter(Boolean).join(" ");
}

export async function beginConversation() {
  const begin = document.querySelector("#new");
  const isLinked = new URLSearchParams(location.search).has("q"); // until its question is shown
  (document.querySelector("#corpus-open") ?? begin).before(opener);
  document.body.append(dialog);
  await nameStore().catch(() => {}); // without a server, that of nobody
  begin.addEventListener("click", () => {
    save();
    take("");
  }, true);
  addEventListener("pagehide", save);
  const known = sessionStorage.getItem(TAB);
  const questions = readAll()[known]?.questions;
  if (isLinked) return take("");
  take(known);
  if (questions?.length) bringBack(questions, false);
}
