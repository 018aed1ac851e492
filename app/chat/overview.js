// The panel that says what a document is about, in sentences of its own, and offers questions about it.

import { GONE } from "./connection.js";

const known = new Map(); // contents of the panel, by the document

async function fetchText(path, place) {
  const reply = await fetch(`${path}?${place}`).catch(() => null);
  if (!reply) return { error: GONE };
  if (reply.ok) return { text: await reply.text() };
  return { error: (await reply.json().catch(() => ({}))).error ?? GONE };
}

function note(sentence) {
  const line = document.createElement("p");
  line.className = "source";
  line.setAttribute("role", "status");
  line.textContent = sentence;
  return line;
}

function questionButton(text) {
  const button = document.createElement("button");
  button.type = "button";
  button.dir = "auto";
  button.dataset.askHere = "";
  button.textContent = text;
  return button;
}

async function fetchOverview(holder, place) {
  const { text, error } = await fetchText("api/overview", place);
  if (error) {
    known.delete(place); // it is tried again
    return holder.append(note(error));
  }
  holder.insertAdjacentHTML("afterbegin", text);
}

async function fetchQuestions(holder, place) {
  const { text, error } = await fetchText("api/overview/questions", place);
  const questions = error ? [] : JSON.parse(text).questions;
  if (!questions.length) return;
  const row = document.createElement("div");
  row.className = "ask-here";
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", "Questions about this document");
  row.append(...questions.map(questionButton));
  holder.append(row);
}

// Fill the panel; a document is asked once, however often its panel is opened.
export async function fillOverview(panel, place) {
  if (!known.has(place)) {
    const holder = document.createElement("div");
    const waiting = note("Looking through the document ...");
    holder.append(waiting);
    known.set(place, holder);
    fetchOverview(holder, place).then(() => {
      waiting.remove();
      return fetchQuestions(holder, place);
    });
  }
  panel.replaceChildren(known.get(place));
}
