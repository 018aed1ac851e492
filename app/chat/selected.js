// The documents that are chosen in the drawer's list, over searches and folders, and what can be done with them.

import { limitTo } from "./scope_control.js";

const chosen = new Map(); // names by id

const boxes = (dialog) => [...dialog.querySelectorAll("[data-select]")];
const idOf = (box) => decodeURIComponent(box.dataset.select);

function choose(box, isChosen) {
  if (isChosen) chosen.set(idOf(box), box.dataset.name);
  else chosen.delete(idOf(box));
}

export const unselect = (id) => chosen.delete(id);

// Show the choice in a list that was fetched anew.
export function showSelected(dialog) {
  const bar = dialog.querySelector(".corpus-selected");
  if (!bar) return;
  for (const box of boxes(dialog)) box.checked = chosen.has(idOf(box));
  bar.hidden = !chosen.size;
  bar.querySelector("[role=status]").textContent = chosen.size ? `${chosen.size} selected` : "";
  const all = bar.querySelector("[data-selected=all]");
  all.hidden = boxes(dialog).every((box) => box.checked);
}

export function takeSelection(dialog, box) {
  choose(box, box.checked);
  showSelected(dialog);
}

// Do what a button of the bar says; "remove" is done by `remove`, which takes ids.
export function actOnSelected(dialog, act, remove) {
  const ids = [...chosen.keys()];
  const places = [...chosen].map(([place, name]) => ({ place, name }));
  if (act === "all") for (const box of boxes(dialog)) choose(box, true);
  else chosen.clear();
  showSelected(dialog);
  if (act === "remove") remove(ids);
  if (act !== "limit") return;
  dialog.close();
  limitTo(places);
  document.querySelector("#question textarea")?.focus();
}
