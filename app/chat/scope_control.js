// What questions are limited to: a line above the box with the documents and folders, and a control to choose them by
// their names. The server reads the choice, a list in JSON, from the hidden field #limit.

import { field, typeInto } from "./box.js";

const KEPT = "inquote-limit"; // in this tab, over a reload
const PAUSE = 150; // milliseconds after a key until names are looked up

export const limited = document.createElement("p");
limited.id = "limited";
limited.setAttribute("role", "status");

const dialog = document.createElement("dialog");
dialog.id = "scope";
dialog.setAttribute("aria-labelledby", "scope-title");
dialog.innerHTML = '<header><h2 id="scope-title">Ask only in</h2><button type="button" class="close">Close</button></header><input type="search" aria-label="Find a document or folder"><ul aria-label="Documents and folders"></ul><p class="source" role="status"></p>';
const opener = document.createElement("button");
opener.id = "scope-open";
opener.type = "button";
opener.setAttribute("aria-haspopup", "dialog");

let chosen = []; // {place, name}
let isOnce = false; // whether the choice is for the next question alone

function button(text, label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}

function chip({ place, name }) {
  const made = document.createElement("span");
  made.className = "chip";
  made.dir = "auto";
  const leave = () => limitTo(chosen.filter((other) => other.place !== place));
  made.append(name, button("×", `Leave out ${name}`, leave));
  return made;
}

function show() {
  typeInto("limit", chosen.length ? JSON.stringify(chosen.map(({ place }) => place)) : "");
  opener.textContent = "In: everything";
  opener.hidden = chosen.length > 0;
  if (!chosen.length) return limited.replaceChildren();
  const everywhere = button("Ask everything", "", () => {
    limitTo([]);
    field("question")?.focus();
  });
  if (isOnce) {
    const title = document.createElement("q");
    title.textContent = chosen[0].name;
    limited.replaceChildren("The next question is asked only of ", title, " ", everywhere);
  } else {
    limited.replaceChildren("Only in ", ...chosen.map(chip), " ", button("Add", "Add a document or folder", openDialog), " ", everywhere);
  }
}

// Limit the next questions to places, or the next one alone, as it stands; none is everything.
export function limitTo(places, { once = false } = {}) {
  if (isOnce || once) typeInto("alone", once ? "alone" : "");
  chosen = places;
  isOnce = once;
  sessionStorage.setItem(KEPT, JSON.stringify({ chosen, isOnce }));
  show();
}

export function addLimit(place) {
  const others = isOnce ? [] : chosen.filter((other) => other.place !== place.place);
  limitTo([...others, place]);
}

// A question was asked.
export function followQuestion() {
  if (isOnce) limitTo([]);
}

// Limit to what was chosen before a reload.
function restore() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    if (kept?.chosen.length) limitTo(kept.chosen, { once: kept.isOnce });
  } catch {} // something else is kept there
}

export const isLimitedOnce = () => isOnce;
export const limits = () => (isOnce ? [] : chosen);

let request = 0;
async function look() {
  const ticket = ++request;
  const query = new URLSearchParams({ find: dialog.querySelector("input").value });
  const list = dialog.querySelector("ul");
  const status = dialog.querySelector("[role=status]");
  let places = [];
  try {
    places = (await (await fetch(`api/corpus/places?${query}`)).json()).places;
    status.textContent = places.length ? "" : "No document or folder has that in its name.";
  } catch {
    status.textContent = "The server does not answer. Is inquote still running?";
  }
  if (ticket !== request) return;
  list.replaceChildren(
    ...places.map((place) => {
      const item = document.createElement("li");
      const choose = button(place.name, "", () => {
        dialog.close();
        addLimit(place);
        field("question")?.focus();
      });
      choose.dir = "auto";
      const about = document.createElement("span");
      about.className = "source";
      about.textContent = place.about === place.name ? "" : place.about;
      item.append(choose, about);
      return item;
    }),
  );
}

function openDialog() {
  dialog.showModal();
  look();
}

let typing = 0;
dialog.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(look, PAUSE);
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog || event.target.closest(".close")) dialog.close();
});
opener.addEventListener("click", openDialog);

// Put the line and the control beside the box.
export function placeControl(box) {
  document.body.append(dialog);
  box.before(limited, opener);
  show();
  restore();
}
