// The tools above a document: the panels for outline, find and citations, the page field, the size. What they were
// set to outlasts the document that is shown.

import { Find } from "./find.js";
import { Outline } from "./outline.js";
import { fillOverview } from "./overview.js";
import { fillPlaces } from "./places.js";

const SIZE_KEY = "inquote-text-size";

export class DocumentTools {
  #open = ""; // name of the open panel
  #query = "";
  #size = readSize();

  // `views` gives the view that is shown, and the one of the text, which has the words.
  constructor(pane, views) {
    this.pane = pane;
    this.views = views;
    pane.addEventListener("click", (event) => {
      const button = event.target.closest("[data-panel], [data-zoom]");
      if (button?.dataset.panel) this.toggle(button.dataset.panel);
      if (button?.dataset.zoom) this.zoom(button.dataset.zoom);
    });
    pane.addEventListener("change", (event) => event.target.closest(".page-field") && this.#goToPage());
    pane.addEventListener("keydown", (event) => this.#take(event));
  }

  // Take the tools of a document that has just been put into the pane.
  attach() {
    const shown = (range) => this.views.shown().show(range);
    const panel = (name) => this.pane.querySelector(`.panel.${name}`);
    this.find = panel("find") && new Find(panel("find"), this.views.text(), shown);
    this.outline = panel("outline") && new Outline(panel("outline"), shown);
    if (!this.find) return;
    this.views.text().zoom(this.#size);
    const view = this.views.shown();
    this.#showSize(view.zoom(view.fit ?? view.size));
    if (this.#open && panel(this.#open)) this.#set(this.#open, true);
    this.find.resume(this.find.input.value || this.#query); // what is typed while the words come stays
    this.follow();
  }

  // Show which page and section are in sight, and how large.
  follow() {
    const sight = this.views.shown()?.inSight();
    if (!sight) return;
    this.#showSize(this.views.shown());
    this.outline?.mark(sight.start);
    const field = this.pane.querySelector(".page-field input");
    if (!field || !sight.page) return;
    if (document.activeElement !== field) field.value = this.printed(sight.page) || sight.page;
    const of = this.pane.querySelector(".page-field .of");
    const isCounted = !this.printed(sight.page) || this.printed(sight.page) === String(sight.page);
    of.textContent = isCounted ? `of ${of.dataset.count}` : `(${sight.page} of ${of.dataset.count})`;
  }

  printed(number) {
    const label = this.views.shown().labelOf?.(number);
    return label ?? this.pane.querySelector(`.page-break[data-page="${number}"]`)?.dataset.printed ?? "";
  }

  toggle(name, { isOpen = this.#open !== name } = {}) {
    if (this.#open && this.#open !== name) this.#set(this.#open, false);
    this.#open = isOpen ? name : "";
    this.#set(name, isOpen);
    const panel = this.pane.querySelector(`.panel.${name}`);
    if (name === "find" && isOpen) {
      this.find.open();
      this.views.loadText().then(() => this.find?.begin());
    }
    if (name === "find" && !isOpen) this.find.close();
    if (name === "outline" && isOpen) {
      this.follow();
      panel.querySelector(".to[tabindex='0']")?.focus();
    }
    if (!isOpen) this.pane.querySelector(`[data-panel="${name}"]`)?.focus();
  }

  // An overview was asked for of the document that is left; the next one opens at its place.
  leave() {
    if (this.#open === "overview") this.#open = "";
  }

  #set(name, isOpen) {
    const panel = this.pane.querySelector(`.panel.${name}`);
    if (!panel) return;
    panel.hidden = !isOpen;
    this.pane.querySelector(`[data-panel="${name}"]`).setAttribute("aria-expanded", String(isOpen));
    if (name === "places" && isOpen) this.refreshPlaces();
    if (name === "overview" && isOpen) fillOverview(panel, this.pane.querySelector(".document-text").dataset.place);
  }

  refreshPlaces() {
    const panel = this.pane.querySelector(".panel.places");
    if (panel && !panel.hidden) fillPlaces(panel, this.pane.querySelector(".document-text").dataset.place, (page) => this.printed(page));
  }

  // Find and the panels by key; Escape closes the open panel before it closes anything else.
  #take(event) {
    const control = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (control && event.key.toLowerCase() === "f" && this.find && event.target !== this.find.input) {
      event.preventDefault();
      this.toggle("find", { isOpen: true });
    } else if (event.key === "F3" && this.find) {
      event.preventDefault();
      if (this.#open === "find") this.find.step(event.shiftKey ? -1 : 1);
      else this.toggle("find", { isOpen: true });
    } else if (event.key === "Escape" && this.#open && event.target.closest(".panel, .tools")) {
      event.stopPropagation();
      this.toggle(this.#open);
    } else if (event.key === "Enter" && event.target.closest(".page-field")) {
      event.preventDefault();
      this.#goToPage();
    }
    if (this.find) this.#query = this.find.input.value;
  }

  // A page by its printed number, else by its counted one.
  #goToPage() {
    const field = this.pane.querySelector(".page-field input");
    const typed = field.value.trim();
    const count = Number(this.pane.querySelector(".page-field .of").dataset.count);
    const printed = Array.from({ length: count }, (_, index) => index + 1).find((number) => typed && this.printed(number) === typed);
    const number = printed ?? Number(typed);
    const isThere = Number.isInteger(number) && number >= 1 && number <= count;
    field.setAttribute("aria-invalid", String(!isThere));
    field.setCustomValidity(isThere ? "" : `There are ${count} pages.`);
    field.reportValidity();
    if (isThere) this.views.shown().showPage(number);
  }

  zoom(to) {
    const view = this.views.shown();
    const isWide = view.isWide;
    this.#showSize(view.zoom(to === "width" && isWide ? "page" : to));
  }

  #showSize(result) {
    if (!result) return;
    if (this.views.shown() === this.views.text()) {
      this.#size = result.size;
      localStorage.setItem(SIZE_KEY, result.size);
    }
    const percent = this.pane.querySelector('[data-zoom="reset"]');
    percent.textContent = `${Math.round(100 * result.size)} %`;
    this.pane.querySelector('[data-zoom="width"]').setAttribute("aria-pressed", String(result.isWide));
  }
}

function readSize() {
  const size = Number(localStorage.getItem(SIZE_KEY));
  return size >= 0.5 && size <= 3 ? size : 1;
}
