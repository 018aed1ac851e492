// A passage selected in the document: copy it with its citation, or ask about it within this document.

import { copy, fetchJson } from "./clipboard.js";

const LONGEST_ASKED = 160; // characters of a passage that a question repeats
const LONGEST_SHOWN = 80;
const LONGEST_PASSAGE = 20000;

export class Selection {
  #range = null; // {start, end} in code points

  constructor(bar, text, document, ask) {
    this.bar = bar;
    this.text = text; // the view that is shown
    this.document = document; // the parameters that name the document
    bar.addEventListener("mousedown", (event) => event.preventDefault()); // keeps what is selected
    bar.addEventListener("click", (event) => {
      const what = event.target.closest("[data-selected]")?.dataset.selected;
      if (what === "copy") this.#copy();
      if (what === "ask") ask(this.#words());
    });
  }

  // Show the bar while text of the document is selected, and as long as its buttons have the focus.
  follow() {
    const selection = getSelection();
    if (this.bar.contains(document.activeElement)) return;
    const range = selection.rangeCount && !selection.isCollapsed ? this.text.offsetsOf(selection.getRangeAt(0)) : null;
    this.take(range);
  }

  take(range) {
    this.#range = range && range.end - range.start <= LONGEST_PASSAGE ? range : null;
    this.bar.hidden = !this.#range;
    if (this.#range) this.bar.querySelector(".chosen").textContent = shorten(this.#words(), LONGEST_SHOWN);
  }

  #words() {
    const { start, end } = this.#range;
    const words = this.text.wordsOf?.(this.#range) ?? this.text.text.slice(this.text.units(start), this.text.units(end));
    return words.replace(/[\s|]+/g, " ").trim();
  }

  async #copy() {
    const status = this.bar.querySelector("[role=status]");
    const button = this.bar.querySelector("[data-selected=copy]");
    const place = new URLSearchParams(this.document);
    for (const name of ["start", "end"]) place.set(name, this.#range[name]);
    const address = `${location.origin}${location.pathname}#${place}`;
    let sentence = "Copied";
    try {
      await copy(fetchJson(`api/passage?${place}&${new URLSearchParams({ address })}`));
    } catch (error) {
      sentence = error.message;
    }
    status.textContent = sentence;
    button.textContent = sentence;
    setTimeout(() => (button.textContent = "Copy passage with citation"), 2500);
  }
}

export function shorten(text, most) {
  return text.length <= most ? text : `${text.slice(0, most).trimEnd()} ...`;
}

export function questionAbout(words) {
  return words ? `What does this say about ${shorten(words, LONGEST_ASKED)}?` : "";
}
