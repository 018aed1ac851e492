// Find in the document: all matches are counted, whatever case, and across the ends of lines and cells.

const MOST_PAINTED = 1000; // matches around the current one; all are counted
const MOST_LETTERS = 200;
const PATIENCE = 150; // milliseconds after a key
const ALIKE = ["'’‘ʼ", "\"“”„«»", "-‐‑‒–−"]; // characters that are typed alike

export class Find {
  #matches = []; // [start, end] in UTF-16 units
  #current = -1;
  #typing = 0;

  constructor(panel, text, show) {
    this.panel = panel;
    this.text = text; // the text view, which holds the words
    this.show = show; // shows a range in the view that is shown
    this.input = panel.querySelector("input");
    this.count = panel.querySelector(".count");
    panel.listening?.abort(); // of the one before, which had other words
    panel.listening = new AbortController();
    const { signal } = panel.listening;
    panel.addEventListener("input", () => this.#wait(), { signal });
    panel.addEventListener("click", (event) => this.#press(event), { signal });
    this.input.addEventListener("keydown", (event) => this.#take(event), { signal });
  }

  #wait() {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#search(), PATIENCE);
  }

  #press(event) {
    const button = event.target.closest("[data-find]");
    if (button) this.step(Number(button.dataset.find));
  }

  #take(event) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    this.step(event.shiftKey ? -1 : 1);
  }

  // Take the words of the search before, and paint them without going anywhere.
  resume(query) {
    this.input.value = query;
    if (query && !this.panel.hidden) this.#search(false);
  }

  // Take the words that are selected, and what is typed from now on, whether or not the text is there yet.
  open() {
    const selected = String(getSelection()).trim();
    if (selected && selected.length <= MOST_LETTERS && !selected.includes("\n")) this.input.value = selected;
    this.input.focus();
    this.input.select();
  }

  // The text is there: go to the first match of what was typed meanwhile.
  begin() {
    if (this.input.value) this.#search();
  }

  close() {
    clearTimeout(this.#typing);
    CSS.highlights?.delete("find");
    CSS.highlights?.delete("find-now");
  }

  step(by) {
    clearTimeout(this.#typing);
    const isKnown = this.#matches.length && this.#matches.query === this.input.value;
    if (!isKnown) return this.#search();
    this.#go((this.#current + by + this.#matches.length) % this.#matches.length);
  }

  #search(goes = true) {
    if (!this.text.container.childElementCount) return; // it is searched when it comes
    this.#matches = [];
    this.#current = -1;
    const pattern = patternOf(this.input.value);
    if (pattern) for (const match of this.text.text.matchAll(pattern)) this.#matches.push([match.index, match.index + match[0].length]);
    this.#matches.query = this.input.value;
    if (!this.#matches.length) {
      this.close();
      this.count.textContent = pattern ? "No match" : "";
      return;
    }
    const seen = this.text.units(this.text.inSight()?.start ?? 0);
    const next = this.#matches.findIndex(([start]) => start >= seen);
    this.#go(next < 0 ? 0 : next, goes);
  }

  #go(index, goes = true) {
    this.#current = index;
    this.count.textContent = `${(index + 1).toLocaleString("en")} of ${this.#matches.length.toLocaleString("en")}`;
    const [start, end] = this.#matches[index];
    this.#paint(index);
    if (goes) this.show({ start: this.text.points(start), end: this.text.points(end) });
  }

  #paint(index) {
    if (!CSS.highlights) return;
    const first = Math.max(0, index - MOST_PAINTED / 2);
    const near = this.#matches.slice(first, first + MOST_PAINTED);
    CSS.highlights.set("find", new Highlight(...near.map(([start, end]) => this.text.range(start, end))));
    const now = new Highlight(this.text.range(...this.#matches[index]));
    now.priority = 1;
    CSS.highlights.set("find-now", now);
  }
}

function patternOf(query) {
  const words = query.normalize("NFC").trim().slice(0, MOST_LETTERS).split(/\s+/).filter(Boolean);
  if (!words.length) return null;
  return new RegExp(words.map((word) => [...word].map(letter).join("")).join("[\\s|]+"), "giu");
}

function letter(character) {
  const alike = ALIKE.find((group) => group.includes(character)) ?? character;
  const escaped = [...alike].map((one) => one.replace(/[\^$\\.*+?()[\]{}|/-]/, "\\$&"));
  return escaped.length > 1 ? `[${escaped.join("")}]` : escaped[0];
}
