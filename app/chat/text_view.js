// The text of a document in the pane. A view of a document, as text or as pages, has the same five methods: setMarks,
// show, showPage, zoom, and inSight, and calls back when another place comes into sight. Offsets count code points of
// the document's text, as the server counts them; the text of the parts is that text, character for character.

const SIZES = [0.75, 0.875, 1, 1.125, 1.25, 1.5, 1.75, 2, 2.5, 3];
const PATIENCE = 120; // milliseconds of rest after scrolling before what is in sight is looked for
const MARGIN = 60; // pixels beside the text in which nothing is looked for
const LOOK_AT = [0.3, 0.1, 0.5, 0.02, 0.7]; // shares of the height at which the text in sight is looked for

export class TextView {
  #nodes = null; // the text nodes, and the offset of each in `#text`, in UTF-16 units
  #starts = [];
  #text = "";
  #pairs = []; // offsets of the surrogate pairs
  #breaks = []; // [offset, number] of each page, in UTF-16 units
  #goal = null; // the offset that was gone to, in sight until a person scrolls
  #waiting = 0;

  constructor(container, onSight) {
    this.container = container;
    this.onSight = onSight;
    this.size = 1;
    this.isWide = false;
    container.addEventListener("scroll", () => {
      clearTimeout(this.#waiting);
      this.#waiting = setTimeout(onSight, PATIENCE);
    });
    for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) container.addEventListener(kind, () => (this.#goal = null), { passive: true });
    this.#watchScrollers();
    this.#afterLayout(() => {}); // what is in sight at first is known then
  }

  // ---- offsets

  #read() {
    if (this.#nodes) return;
    this.#nodes = [];
    const pieces = [];
    let length = 0;
    for (const part of this.container.querySelectorAll(".part")) {
      const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (node.nodeType === Node.ELEMENT_NODE) {
          if (node.dataset.page) this.#breaks.push([length, Number(node.dataset.page)]);
          continue;
        }
        this.#nodes.push(node);
        this.#starts.push(length);
        pieces.push(node.data);
        length += node.data.length;
      }
    }
    this.#text = pieces.join("");
    for (const pair of this.#text.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g)) this.#pairs.push(pair.index);
  }

  get text() {
    this.#read();
    return this.#text;
  }

  // The code points before a UTF-16 offset, and the other way round.
  points(units) {
    this.#read();
    return units - before(this.#pairs, units);
  }

  units(points) {
    this.#read();
    let low = 0;
    for (let high = this.#pairs.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (this.#pairs[middle] - middle < points) low = middle + 1;
      else high = middle;
    }
    return points + low;
  }

  // The node of a UTF-16 offset, and the offset in it; an end belongs to the node before it.
  #place(units, isEnd) {
    this.#read();
    const at = Math.max(before(this.#starts, isEnd ? units : units + 1) - 1, 0);
    return [this.#nodes[at], Math.min(units - this.#starts[at], this.#nodes[at].data.length)];
  }

  // The range of the page between two UTF-16 offsets; it is not kept up to date.
  range(start, end) {
    const [first, from] = this.#place(start, false);
    const [last, to] = this.#place(end, true);
    return new StaticRange({ startContainer: first, startOffset: from, endContainer: last, endOffset: to });
  }

  // The code points between the ends of a range of the page; null for a range that holds no text of the document.
  offsetsOf(range) {
    this.#read();
    const ends = [[range.startContainer, range.startOffset], [range.endContainer, range.endOffset]].map(([node, offset]) => this.#unitsAt(node, offset));
    if (ends.includes(null) || ends[0] >= ends[1]) return null;
    const words = this.#text.slice(...ends);
    const start = ends[0] + words.length - words.trimStart().length;
    const end = start + words.trim().length;
    return start < end ? { start: this.points(start), end: this.points(end) } : null;
  }

  #unitsAt(node, offset) {
    if (!this.container.contains(node)) return null;
    if (node.nodeType === Node.TEXT_NODE) {
      const at = this.#nodes.indexOf(node);
      return at < 0 ? null : this.#starts[at] + offset;
    }
    // Between two children: where the first text after that place begins.
    const walker = document.createTreeWalker(this.container, NodeFilter.SHOW_TEXT);
    walker.currentNode = node.childNodes[offset] ?? node;
    let text = walker.currentNode;
    if (offset >= node.childNodes.length) {
      while (text.lastChild) text = text.lastChild;
      walker.currentNode = text;
      text = walker.nextNode();
    } else if (text.nodeType !== Node.TEXT_NODE) {
      text = walker.nextNode();
    }
    const at = text ? this.#nodes.indexOf(text) : -1;
    return at < 0 ? this.#text.length : this.#starts[at];
  }

  // ---- what every view does

  // The server has written the marks into the text; the one with the number of `show` becomes the current one.
  setMarks() {}

  show({ start, end, number = 0 }) {
    this.container.querySelectorAll("mark.current").forEach((mark) => mark.classList.remove("current"));
    const marks = number ? [...this.container.querySelectorAll("mark")].filter((mark) => mark.dataset.cite.split(" ").includes(String(number))) : [];
    marks.forEach((mark) => mark.classList.add("current"));
    const seen = marks.find((mark) => !mark.closest(".gap")) ?? marks[0];
    this.#goal = start === undefined ? null : this.units(start);
    if (seen) this.#center(() => seen.getBoundingClientRect(), seen);
    else if (start !== undefined) this.#showRange(this.#goal, this.units(end ?? start + 1));
  }

  #showRange(start, end) {
    const shown = this.range(start, Math.max(end, start + 1));
    const range = document.createRange();
    range.setStart(shown.startContainer, shown.startOffset);
    range.setEnd(shown.endContainer, shown.endOffset);
    const element = shown.startContainer.parentElement;
    this.#center(() => [...range.getClientRects()].find((rect) => rect.height) ?? element.getBoundingClientRect(), element);
  }

  // The parts of a long document take their true height only when they come near the screen, so look twice.
  #center(box, element) {
    const scroll = () => {
      element.scrollIntoView({ block: "center", inline: "nearest" });
      const frame = this.container.getBoundingClientRect();
      const { top, bottom } = box();
      if (top < frame.top + 40 || bottom > frame.bottom - 40) this.container.scrollTop += (top + bottom) / 2 - (frame.top + frame.bottom) / 2;
      this.#showHead(element, box().bottom, frame);
    };
    scroll();
    this.#afterLayout(scroll);
  }

  // A table that scrolls inside itself has its header at its own top, which is shown as far as the place allows.
  #showHead(element, bottom, frame) {
    const head = element.closest(".scroller.wide")?.querySelector("thead");
    const above = head ? frame.top - head.getBoundingClientRect().top : 0;
    if (above > 0) this.container.scrollTop -= Math.max(0, Math.min(above, frame.bottom - 40 - bottom));
  }

  #afterLayout(scroll) {
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        scroll();
        this.onSight();
      })
    );
  }

  showPage(number) {
    const line = this.container.querySelector(`.page-break[data-page="${number}"]`);
    if (!line) return;
    this.#read();
    this.#goal = this.#breaks.find(([, page]) => page === number)[0];
    line.scrollIntoView({ block: "start" });
    this.#afterLayout(() => line.scrollIntoView({ block: "start" }));
  }

  // A factor of the usual size; "in", "out" or "reset"; "width" for lines as long as the pane is wide, "page" for a column.
  zoom(to) {
    const isSame = to === this.size;
    const top = isSame ? null : this.#unitsInSight();
    if (to === "width" || to === "page") this.isWide = to === "width";
    else if (to === "in") this.size = SIZES.find((size) => size > this.size) ?? this.size;
    else if (to === "out") this.size = SIZES.findLast((size) => size < this.size) ?? this.size;
    else this.size = to === "reset" ? 1 : to;
    if (to === "reset") this.isWide = false;
    this.container.style.setProperty("--size", this.size);
    this.container.classList.toggle("wide", this.isWide);
    if (top !== null) this.#showRange(top, top + 1);
    return { size: this.size, isWide: this.isWide };
  }

  // The offset of the text that is in sight, and its page; null while nothing is.
  inSight() {
    const units = this.#unitsInSight();
    if (units === null) return null;
    const page = this.#breaks[this.#breaks.findLastIndex(([offset]) => offset <= units)]?.[1] ?? this.#breaks[0]?.[1];
    return { start: this.points(units), page };
  }

  #unitsInSight() {
    if (this.#goal !== null) return this.#goal;
    const frame = this.container.getBoundingClientRect();
    if (!frame.height) return null;
    this.#read();
    for (const share of LOOK_AT) {
      for (const x of [frame.left + MARGIN, (frame.left + frame.right) / 2, frame.right - MARGIN]) {
        const [node, offset] = caretAt(x, frame.top + share * frame.height);
        if (node?.nodeType === Node.TEXT_NODE && this.container.contains(node)) return this.#unitsAt(node, offset);
      }
    }
    return null;
  }

  // A table or program that is wider than the text scrolls inside itself, and the keyboard can reach it.
  #watchScrollers() {
    const near = new IntersectionObserver((entries) => entries.forEach((entry) => entry.isIntersecting && fit(entry.target)), { root: this.container, rootMargin: "50%" });
    const resized = new ResizeObserver((entries) => entries.forEach((entry) => fit(entry.target)));
    this.container.querySelectorAll(".scroller").forEach((scroller) => {
      near.observe(scroller);
      resized.observe(scroller);
    });
  }
}

function fit(scroller) {
  const isWide = scroller.scrollWidth > scroller.clientWidth + 1;
  if (isWide === scroller.classList.contains("wide") && scroller.classList.contains("known")) return;
  scroller.classList.add("known");
  scroller.classList.toggle("wide", isWide);
  if (isWide) {
    scroller.tabIndex = 0;
    scroller.setAttribute("role", "region");
    scroller.setAttribute("aria-label", scroller.classList.contains("table") ? "Table, scrolls sideways" : "Code, scrolls sideways");
  } else {
    ["tabindex", "role", "aria-label"].forEach((name) => scroller.removeAttribute(name));
  }
}

function caretAt(x, y) {
  const caret = document.caretPositionFromPoint?.(x, y);
  if (caret) return [caret.offsetNode, caret.offset];
  const range = document.caretRangeFromPoint?.(x, y);
  return range ? [range.startContainer, range.startOffset] : [null, 0];
}

// How many of the sorted numbers are less than a value.
function before(numbers, value) {
  let low = 0;
  for (let high = numbers.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
