// The outline of a document: a list of its headings that folds, walked by the arrow keys, with the current one marked.

export class Outline {
  constructor(panel, show) {
    this.panel = panel;
    this.entries = [...panel.querySelectorAll(".to")];
    this.entries.forEach((entry) => (entry.tabIndex = -1));
    panel.querySelectorAll(".fold").forEach((fold) => (fold.tabIndex = -1));
    if (this.entries.length) this.entries[0].tabIndex = 0;
    panel.addEventListener("click", (event) => {
      const fold = event.target.closest(".fold");
      const entry = event.target.closest(".to");
      if (fold) this.#fold(fold, fold.getAttribute("aria-expanded") !== "true");
      if (entry) show({ start: Number(entry.dataset.start) });
    });
    panel.addEventListener("keydown", (event) => this.#walk(event));
  }

  #fold(fold, expanded) {
    fold.setAttribute("aria-expanded", String(expanded));
    fold.parentElement.querySelector(":scope > ul").hidden = !expanded;
  }

  #walk(event) {
    const entry = event.target.closest?.(".to, .fold")?.parentElement.querySelector(":scope > .to");
    if (!entry || event.altKey || event.ctrlKey || event.metaKey) return;
    const seen = this.entries.filter((other) => other.offsetParent);
    const at = seen.indexOf(entry);
    const fold = entry.parentElement.querySelector(":scope > .fold");
    const isOpen = fold?.getAttribute("aria-expanded") === "true";
    const around = entry.parentElement.parentElement.closest("li")?.querySelector(":scope > .to");
    const goal = { ArrowDown: seen[at + 1], ArrowUp: seen[at - 1], Home: seen[0], End: seen.at(-1), ArrowRight: isOpen ? seen[at + 1] : null, ArrowLeft: isOpen ? null : around };
    if (!(event.key in goal)) return;
    event.preventDefault();
    if (event.key === "ArrowRight" && fold && !isOpen) this.#fold(fold, true);
    else if (event.key === "ArrowLeft" && isOpen) this.#fold(fold, false);
    else if (goal[event.key]) this.#focus(goal[event.key]);
  }

  #focus(entry) {
    this.entries.forEach((other) => (other.tabIndex = other === entry ? 0 : -1));
    entry.focus();
  }

  // Mark the heading that the text in sight stands under; where it is folded away, the one around it.
  mark(start) {
    let index = this.entries.findLastIndex((entry) => Number(entry.dataset.start) <= start);
    if (index < 0) index = 0;
    let entry = this.entries[index];
    while (entry?.closest("ul[hidden]")) entry = entry.closest("ul[hidden]").parentElement.querySelector(":scope > .to");
    this.entries.forEach((other) => other.removeAttribute("aria-current"));
    entry?.setAttribute("aria-current", "location");
    if (entry && !this.panel.contains(document.activeElement)) {
      this.entries.forEach((other) => (other.tabIndex = other === entry ? 0 : -1));
      if (entry.offsetParent) this.#scrollTo(entry);
    }
  }

  #scrollTo(entry) {
    const frame = this.panel.getBoundingClientRect();
    const box = entry.getBoundingClientRect();
    if (box.top < frame.top || box.bottom > frame.bottom) this.panel.scrollTop += box.top - frame.top - frame.height / 2;
  }
}
