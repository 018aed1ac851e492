// A question that is changed and asked again: as it was understood, or an earlier one, from which the conversation goes
// on. The server reads from hidden fields whether it stands alone, and in whose place it comes. A box that was emptied,
// or left with Escape, is for the next question again.

import { question, send, typeInto } from "./box.js";
import { limits, limitTo } from "./scope_control.js";

export const editing = document.createElement("p");
editing.id = "editing";
editing.setAttribute("role", "status");

let limitsBefore = null; // what questions were limited to, while an earlier one is changed

const parameters = (link) => new URLSearchParams(link.hash.slice(1));

export function editUnderstood(link) {
  link.parentElement.querySelector(".readings")?.classList.add("shown");
  leaveEditing();
  typeInto("question", link.parentElement.querySelector("q").textContent);
  typeInto("alone", "alone");
  say("Change the question and press Enter; it is asked as it stands, misspelt words aside. Escape leaves it.");
}

// Another question that the same words may mean, asked as it stands.
export function askReading(link) {
  typeInto("question", link.textContent);
  typeInto("alone", "alone");
  send();
}

// An earlier question, with what it was limited to.
export function editEarlier(link) {
  leaveEditing();
  const turn = parameters(link);
  limitsBefore = limits();
  const names = [...(answerAfter(link)?.querySelectorAll(".limited q") ?? [])].map((name) => name.textContent);
  limitTo(turn.getAll("in").map((place, index) => ({ place, name: names[index] ?? place })));
  typeInto("question", turn.get("question"));
  typeInto("branch", turn.get("turn"));
  typeInto("alone", turn.has("alone") ? "alone" : "");
  say("Change the question and press Enter; the conversation goes on from there, and what it was can be brought back. Escape leaves it.");
}

function answerAfter(link) {
  const all = [...document.querySelectorAll("#log :is(.again, .answer)")];
  const next = all[all.indexOf(link.closest(".again")) + 1];
  return next?.matches(".answer") ? next : null;
}

// Bring back the questions in whose place another came.
export function bringBranchBack(link) {
  typeInto("branch", parameters(link).get("turn"));
  requestAnimationFrame(() => document.querySelector("#undo-edit")?.click());
}

function say(sentence) {
  editing.textContent = sentence;
  question().focus();
  question().select();
}

export const isEditing = () => editing.textContent !== "";

export function leaveEditing() {
  if (!isEditing()) return;
  typeInto("alone", "");
  typeInto("branch", "");
  if (limitsBefore) limitTo(limitsBefore);
  endEditing();
}

// The question was asked; the server has emptied the fields.
export function endEditing() {
  editing.textContent = "";
  limitsBefore = null;
}
