// The pages of a document as they look: pictures drawn by the server, and over each of them the marks of cited words
// and the words themselves, to be selected and read out. Pages are laid out at once by their known sizes; pictures and
// words are fetched when they come near the screen, and let go far from it.

const AHEAD = 1; // heights of the pane, above and below it, within which pages are fetched
const FAR = 3; // heights of the pane, beyond which they are let go
const AT_ONCE = 2; // pages that are fetched
const GAP = 14; // pixels between pages
const PIXELS_A_POINT = 96 / 72;
const LARGEST = 3; // times its own size that a small page is shown when it is fitted
const SIZES = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4]; // times a page's own size
const KEPT_VIEW = "inquote-view";
const FONT = "sans-serif";
const SAMPLE = 64; // dots of a picture, across and down, by which it is seen whether it is dark
const DARK = 110; // of 255, and less
const MEASURED = 100; // pixels, the size of letters in which they are measured
const SHAPED = /[\u0300-\u036f\u0590-\u1aff]/; // accents of their own, and scripts from Hebrew to those of South East Asia
const STEPS = 10; // of spacing in a pixel: each new one is a font of its own to the browser
const TOLERANCE = 0.2; // of its size that a word may lie beside its printed place
const measure = document.createElement("canvas").getContext("2d");
measure.font = `${MEASURED}px ${FONT}`;

const element = (name, parent, attributes = {}) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent?.append(made);
  return made;
};

// How far a word reaches in the words' font, in parts of its size. Its signs are measured once each, for the browser
// keeps whatever it measures: 50 MB after a hundred pages. What is `SHAPED` is measured whole.
const advances = new Map();
function advanceOf(word) {
  let sum = 0;
  for (const part of SHAPED.test(word) ? [word] : word) {
    if (!advances.has(part)) advances.set(part, measure.measureText(part).width / MEASURED);
    sum += advances.get(part);
  }
  return sum;
}

// Words in runs that are set by one spacing of letters, as few as keep each word where it is printed: `edges` are the
// words' beginnings and the line's end, in points from the beginning.
function runsOf(words, edges, size) {
  const runs = [];
  let at = 0;
  for (let from = 0, to; from < words.length; from = to) {
    let run = null;
    for (to = from + 1; to <= words.length; to++) {
      const longer = runOf(words.slice(from, to), edges.slice(from, to + 1), at, size);
      if (run && longer.error > TOLERANCE * size) break;
      run = longer;
    }
    to -= 1;
    runs.push(run);
    at = run.end;
  }
  return runs;
}

function runOf(words, edges, start, size) {
  const text = words.join("");
  const natural = words.map((word) => size * advanceOf(word));
  const width = natural.reduce((sum, each) => sum + each, 0);
  const count = [...text].length;
  const spacing = Math.round((STEPS * (edges.at(-1) - start - width)) / count) / STEPS;
  let [at, error] = [start, 0];
  words.forEach((word, index) => {
    error = Math.max(error, Math.abs(at - edges[index]));
    at += natural[index] + spacing * [...word].length;
  });
  return { text, spacing, error, end: at };
}

// A line in its place, each word where it is printed. Words are set by their spacing, so that they stay one text.
function lineElement(line) {
  const [left, top, right, bottom] = line.box;
  const size = Math.max(1, Math.round(0.8 * (bottom - top)));
  const made = element("span", null, { class: "line", dir: line.back ? "rtl" : "ltr" });
  Object.assign(made.style, { left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` });
  made.style.font = `${size}px/${bottom - top}px ${FONT}`;
  const edges = [...line.words, line.back ? left : right].map((edge) => Math.abs(edge - line.words[0]));
  for (const { text, spacing } of runsOf(line.text.match(/\S+\s*/g) ?? [], edges, size)) {
    const part = element("span", made);
    part.textContent = text;
    part.style.letterSpacing = `${spacing}px`;
  }
  made.line = line;
  return made;
}

function boxElement(box, { number, kind }, layer) {
  const [left, top, right, bottom] = box;
  const made = element("div", layer, { class: `mark ${kind}`, "data-cite": number });
  Object.assign(made.style, { left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` });
  made.style.setProperty("--letter", `${Math.min(14, Math.max(5, 0.42 * (bottom - top)))}px`);
  made.box = box;
  return made;
}

// How light the dots of a picture are below boxes of a page, from 0 to 255.
function lightBelow(picture, boxes, { width, height }) {
  const paper = new OffscreenCanvas(SAMPLE, SAMPLE).getContext("2d", { willReadFrequently: true });
  paper.drawImage(picture, 0, 0, SAMPLE, SAMPLE);
  const [across, down] = [SAMPLE / width, SAMPLE / height];
  let sum = 0;
  let count = 0;
  for (const [left, top, right, bottom] of boxes) {
    const size = [Math.max(1, (right - left) * across), Math.max(1, (bottom - top) * down)];
    const { data } = paper.getImageData(left * across, top * down, ...size.map(Math.round));
    for (let at = 0; at < data.length; at += 4) sum += data[at] + data[at + 1] + data[at + 2];
    count += (3 * data.length) / 4;
  }
  return count ? sum / count : 255;
}

// The lines of which something is selected, each with the range of what is.
function selectedLines(container, range) {
  const parts = [];
  for (const line of container.querySelectorAll(".line")) {
    if (!range.intersectsNode(line)) continue;
    const part = document.createRange();
    part.selectNodeContents(line);
    if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0) part.setStart(range.startContainer, range.startOffset);
    if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) part.setEnd(range.endContainer, range.endOffset);
    if (!part.collapsed) parts.push({ line, part });
  }
  return parts;
}

// The code points of a line before the beginning of a range within it.
function pointsBefore(line, part) {
  const before = document.createRange();
  before.selectNodeContents(line);
  before.setEnd(part.startContainer, part.startOffset);
  return [...before.toString()].length;
}

export class PageView {
  // `container` scrolls. The event "pageinsight" tells of the page in its middle, {number, label, count}, and of its size.
  constructor(container, { document: id, sha256 }) {
    this.container = container;
    this.query = { document: id, sha256 };
    this.pages = [];
    this.places = []; // {number, start, end, kind, page, boxes}
    this.marks = [];
    this.position = { top: 0, left: 0 };
    this.marked = Promise.resolve();
    this.current = null;
    this.fit = "width";
    this.number = 0; // of the page in sight
    this.fetching = 0;
    this.isGoing = false;
    this.ready = this.#begin();
  }

  async #fetch(path, more, options) {
    const query = new URLSearchParams(this.query);
    for (const [key, value] of more) query.append(key, value);
    return fetch(`api/pages${path}?${query}`, options);
  }

  // Whether the document's pages can be shown; the container holds them then.
  async #begin() {
    const reply = await this.#fetch("", []).catch(() => null);
    if (!reply?.ok) return false;
    const { pages } = await reply.json();
    this.container.replaceChildren();
    this.pages = pages.map((page, index) => this.#page(index + 1, ...page));
    this.#layOut();
    this.observer = new IntersectionObserver((entries) => this.#onSight(entries), {
      root: this.container,
      rootMargin: `${AHEAD * 100}% 0px`,
    });
    this.farObserver = new IntersectionObserver((entries) => this.#onFar(entries), {
      root: this.container,
      rootMargin: `${FAR * 100}% 0px`,
    });
    for (const page of this.pages) {
      this.observer.observe(page.element);
      this.farObserver.observe(page.element);
    }
    this.resized = new ResizeObserver(() => this.#onResize());
    this.resized.observe(this.container);
    this.container.addEventListener("scroll", () => this.#onScroll(), { passive: true });
    this.container.addEventListener("copy", (event) => this.#onCopy(event));
    this.#look();
    return true;
  }

  get count() {
    return this.pages.length;
  }

  #page(number, label, pageWidth, pageHeight, start) {
    const [width, height] = [pageWidth || 612, pageHeight || 792];
    const printed = label && label !== String(number) ? `, printed ${label}` : "";
    const made = element("div", this.container, { class: "page", role: "group", "aria-label": `Page ${number}${printed}` });
    made.dataset.page = number;
    return { number, label, width, height, start, element: made, near: false, state: "empty" };
  }

  // A page's picture, marks and words; made when it comes near, for a long document has many pages. The picture is on a
  // canvas, which lets go of its dots when it is told to; of images that are gone, Chromium keeps hundreds of megabytes.
  #fill(page) {
    if (page.sheet) return;
    page.picture = element("canvas", page.element, { "aria-hidden": "true", hidden: "" });
    page.sheet = element("div", page.element, { class: "sheet" });
    page.sheet.style.transform = `scale(${page.scale})`;
    page.marks = element("div", page.sheet, { class: "marks", "aria-hidden": "true" });
    page.words = element("div", page.sheet, { class: "words" });
  }

  // ---- sizes

  // The pane is measured once, for measuring after each change of a page would lay out all pages each time.
  #layOut() {
    const { clientWidth, clientHeight } = this.container;
    const inner = clientWidth - 2 * (clientWidth < 500 ? 6 : 20);
    for (const page of this.pages) {
      const largest = Math.min(inner / page.width, LARGEST * PIXELS_A_POINT);
      let scale = this.fit * PIXELS_A_POINT;
      if (this.fit === "width") scale = largest;
      else if (this.fit === "page") scale = Math.min(largest, (clientHeight - 2 * GAP) / page.height);
      page.scale = Math.max(0.01, scale);
      page.element.style.width = `${page.width * page.scale}px`;
      page.element.style.height = `${page.height * page.scale}px`;
      if (page.sheet) page.sheet.style.transform = `scale(${page.scale})`;
    }
    this.shown = { fit: this.fit, width: clientWidth, height: clientHeight };
  }

  // Lay out anew, with what is in the middle of the pane where it was.
  #layOutAround(anchor = this.#anchor()) {
    this.#layOut();
    const page = this.pages[anchor.number - 1];
    this.container.scrollTop = page.element.offsetTop + anchor.part * page.element.offsetHeight - anchor.at;
    this.pages.forEach((other) => other.near && this.#want());
    this.#onScroll();
    this.#tell(); // of the size
  }

  #anchor() {
    const at = this.container.clientHeight / 2;
    const page = this.pages[this.#pageAt(this.container.scrollTop + at) - 1];
    const part = (this.container.scrollTop + at - page.element.offsetTop) / page.element.offsetHeight;
    return { number: page.number, part, at };
  }

  #onResize() {
    if (!this.container.clientWidth || !this.pages.length) return;
    const { clientWidth, clientHeight } = this.container;
    const isSame = clientWidth === this.shown.width && (clientHeight === this.shown.height || this.fit !== "page");
    if (isSame || typeof this.fit === "number") this.#onScroll();
    else this.#layOutAround();
  }

  // Show pages at a factor of their own size, larger ("in") or smaller ("out"), as wide as the pane ("width" or
  // "reset"), or whole ("page").
  zoom(to) {
    if (to === "in") this.fit = SIZES.find((size) => size > this.size + 0.01) ?? this.size;
    else if (to === "out") this.fit = SIZES.findLast((size) => size < this.size - 0.01) ?? this.size;
    else if (typeof to === "number") this.fit = Math.min(SIZES.at(-1), Math.max(SIZES[0], to));
    else this.fit = to === "reset" ? "width" : to;
    if (this.pages.length && this.fit !== this.shown.fit) this.#layOutAround();
    return { size: this.size, isWide: this.isWide };
  }

  // How large the page in sight is shown, 1 for its own size.
  get size() {
    return (this.pages[this.number - 1]?.scale ?? PIXELS_A_POINT) / PIXELS_A_POINT;
  }

  get isWide() {
    return this.fit === "width";
  }

  // ---- what is in sight

  #pageAt(y) {
    let low = 0;
    let high = this.pages.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.pages[middle].element.offsetTop <= y) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  #onScroll() {
    if (!this.container.clientHeight || !this.pages.length) return;
    this.position = { top: this.container.scrollTop, left: this.container.scrollLeft };
    const number = this.#pageAt(this.container.scrollTop + this.container.clientHeight / 2);
    if (number === this.number) return;
    this.number = number;
    this.#tell();
  }

  #tell() {
    const { number, label } = this.pages[this.number - 1];
    this.container.dispatchEvent(new CustomEvent("pageinsight", { detail: { number, label, count: this.count }, bubbles: true }));
  }

  // The page in the middle of the pane, and the offset of the text at its beginning; null while there is none.
  inSight() {
    const page = this.pages[this.number - 1];
    return page ? { page: page.number, start: page.start } : null;
  }

  labelOf(number) {
    return this.pages[number - 1]?.label ?? "";
  }

  // Fetch what is in sight at once, for the observers tell of it only after the next frame.
  #look() {
    const { scrollTop, clientHeight } = this.container;
    for (let number = this.#pageAt(scrollTop); number <= this.count; number++) {
      const page = this.pages[number - 1];
      if (page.element.offsetTop > scrollTop + clientHeight) break;
      page.near = true;
      this.#fill(page);
    }
    this.#want();
  }

  // Of several entries of a page the last counts: one that came and went meanwhile would be filled after it was let go.
  #onSight(entries) {
    for (const entry of new Map(entries.map((each) => [each.target, each])).values()) {
      const page = this.pages[entry.target.dataset.page - 1];
      page.near = entry.isIntersecting;
      if (page.near) this.#fill(page);
      if (page.near) this.#want();
      else page.abort?.abort();
    }
  }

  #onFar(entries) {
    for (const entry of entries) if (!entry.isIntersecting) this.#release(this.pages[entry.target.dataset.page - 1]);
  }

  // Let go of a page; what is left of hundreds of empty canvases and sheets would take half a megabyte each.
  #release(page) {
    if (!page.sheet) return;
    page.near = false; // the other observer may tell of it later
    page.abort?.abort();
    page.picture.hidden = true;
    Object.assign(page.picture, { width: 0, height: 0 });
    page.words.replaceChildren();
    page.element.querySelector(".notice")?.remove();
    page.state = "empty";
    page.drawnWidth = 0;
    if (page.marks.childElementCount) return; // a cited place is gone to before its page is drawn
    page.picture.remove();
    page.sheet.remove();
    page.picture = page.sheet = page.marks = page.words = null;
  }

  // ---- pictures and words, the nearest page first

  #want() {
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => {
      this.waiting = false;
      while (this.fetching < AT_ONCE && this.#fetchNearest());
    });
  }

  #fetchNearest() {
    if (this.isGoing) return false; // to a place that is not known yet
    const middle = this.container.scrollTop + this.container.clientHeight / 2;
    let nearest = null;
    let least = Infinity;
    for (const page of this.pages) {
      if (!page.near || page.abort || page.state === "failed") continue;
      if (page.state === "shown" && page.drawnWidth >= this.#dots(page)) continue;
      const { offsetTop, offsetHeight } = page.element;
      const distance = Math.max(0, offsetTop - middle, middle - offsetTop - offsetHeight);
      if (distance < least) [nearest, least] = [page, distance];
    }
    if (!nearest) return false;
    this.#load(nearest);
    return true;
  }

  #dots(page) {
    return Math.min(2430, Math.ceil(page.width * page.scale * Math.min(2, devicePixelRatio)));
  }

  async #load(page) {
    this.#fill(page); // it may have been let go since it came near
    page.abort = new AbortController();
    const { signal } = page.abort;
    const width = this.#dots(page);
    this.fetching += 1;
    try {
      const words = page.words.childElementCount || page.state === "shown" ? null : this.#fetch("/words", [["page", page.number]], { signal });
      const reply = await this.#fetch("/picture", [["page", page.number], ["width", width]], { signal });
      if (reply.status === 200) this.#showPicture(page, await createImageBitmap(await reply.blob()), width, signal);
      else this.#fail(page, (await reply.json()).error);
      if (words) this.#showWords(page, await (await words).json());
    } catch (error) {
      if (!signal.aborted) this.#fail(page, "This page did not come; is inquote still running?");
    } finally {
      page.abort = null;
      this.fetching -= 1;
      this.#want();
    }
  }

  #showPicture(page, bitmap, width, signal) {
    if (signal.aborted) return bitmap.close(); // the page was let go meanwhile
    Object.assign(page.picture, { width: bitmap.width, height: bitmap.height });
    page.picture.getContext("2d", { alpha: false }).drawImage(bitmap, 0, 0);
    bitmap.close();
    page.picture.hidden = false;
    page.element.querySelector(".notice")?.remove();
    page.state = "shown";
    page.drawnWidth = width;
    this.#shade(page);
  }

  // Marks darken what is below them, and lighten it where it is dark.
  #shade(page) {
    const boxes = [...page.marks.children].map((mark) => mark.box);
    if (page.state !== "shown" || !boxes.length) return;
    page.element.classList.toggle("dark", lightBelow(page.picture, boxes, page) < DARK);
  }

  #fail(page, sentence) {
    page.state = "failed";
    if (!page.element.querySelector(".notice")) element("p", page.element, { class: "notice" }).textContent = sentence;
  }

  #showWords(page, { lines }) {
    page.words.replaceChildren(...lines.flatMap((line) => [lineElement(line), document.createTextNode(line.gap)]));
  }

  #selected() {
    const selection = getSelection();
    return selection.rangeCount && !selection.isCollapsed ? selectedLines(this.container, selection.getRangeAt(0)) : [];
  }

  // The text of selected lines, joined by what lies between them in the document.
  #textOf(parts) {
    return parts.map(({ line, part }, index) => part.toString() + (index < parts.length - 1 ? line.line.gap : "")).join("");
  }

  // The offsets of the document's text between the ends of a range of the page; null where it holds none.
  offsetsOf(range) {
    if (!this.container.contains(range.commonAncestorContainer)) return null;
    const parts = selectedLines(this.container, range);
    if (!parts.length || !this.#textOf(parts).trim()) return null;
    let least = Infinity;
    let most = 0;
    for (const { line, part } of parts) {
      const start = line.line.start + pointsBefore(line, part);
      least = Math.min(least, start);
      most = Math.max(most, start + [...part.toString().trimEnd()].length);
    }
    return { start: least, end: most };
  }

  wordsOf() {
    return this.#textOf(this.#selected());
  }

  #onCopy(event) {
    const text = this.#textOf(this.#selected());
    if (!text) return;
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
  }

  // ---- marks

  // Mark ranges of the text: [{number, start, end, kind}]; the promise is done when their boxes are drawn.
  setMarks(marks) {
    this.marks = marks;
    this.marked = this.#drawMarks(marks);
    return this.marked;
  }

  async #drawMarks(marks) {
    const query = marks.map((mark) => ["mark", `${mark.number}:${mark.start}-${mark.end}`]);
    const asked = marks.length ? this.#fetch("/boxes", query).catch(() => null) : null; // together with the sizes
    if (!(await this.ready)) return;
    const reply = await asked;
    if (marks !== this.marks) return;
    const places = reply?.ok ? (await reply.json()).marks : [];
    this.pages.forEach((page) => page.marks?.replaceChildren());
    for (const { number, page, boxes } of places) {
      const mark = marks.find((other) => other.number === number);
      this.#fill(this.pages[page - 1]);
      const layer = this.pages[page - 1].marks;
      boxes.forEach((box) => boxElement(box, mark, layer));
      const isFirst = !this.container.querySelector(`.mark[data-label="${number}"]`);
      if (isFirst) layer.querySelector(`.mark[data-cite="${number}"]`)?.setAttribute("data-label", number);
    }
    this.pages.forEach((page) => page.marks && this.#shade(page));
    if (this.current) this.#markCurrent();
  }

  #markCurrent() {
    const { start, end } = this.current;
    const number = this.marks.find((mark) => mark.start === start && mark.end === end)?.number;
    this.container.querySelectorAll(".mark.current").forEach((mark) => mark.classList.remove("current"));
    const boxes = [...this.container.querySelectorAll(`.mark[data-cite="${number}"]`)];
    boxes.forEach((box) => box.classList.add("current"));
    return boxes;
  }

  // Scroll to a range and mark it as the current one; one that has no mark gets one of kind "place". Returns false
  // where it stands on no page.
  async show({ start, end = start + 1 }) {
    this.current = { start, end };
    this.isGoing = true;
    if (!(await this.ready)) return false;
    if (!this.marks.some((mark) => mark.start === start && mark.end === end)) {
      const others = this.marks.filter((mark) => mark.kind !== "place");
      const number = Math.max(0, ...others.map((mark) => mark.number)) + 1;
      this.setMarks([...others, { number, start, end, kind: "place" }]);
    }
    await this.marked;
    if (this.current.start !== start || this.current.end !== end) return true; // another is shown meanwhile
    const [first] = this.#markCurrent();
    if (first) this.#scrollTo(first);
    this.isGoing = false;
    this.#look();
    return Boolean(first);
  }

  #scrollTo(box) {
    const outer = this.container.getBoundingClientRect();
    const inner = box.getBoundingClientRect();
    const wanted = Math.max(60, (outer.height - inner.height) / 2.5);
    this.container.scrollTop += inner.top - outer.top - wanted;
    if (inner.left < outer.left || inner.right > outer.right) this.container.scrollLeft += inner.left - outer.left - 20;
    this.#onScroll();
  }

  // Scroll to the top of a page, counted from 1.
  async showPage(number) {
    if (!(await this.ready)) return;
    const page = this.pages[Math.min(this.count, Math.max(1, number)) - 1];
    this.container.scrollTop = page.element.offsetTop - GAP / 2;
    this.#onScroll();
  }

  // Let go of everything; the container may be used by another view.
  close() {
    this.observer?.disconnect();
    this.farObserver?.disconnect();
    this.resized?.disconnect();
    this.pages.forEach((page) => this.#release(page));
    this.pages = [];
  }
}

// The name of the view that this browser was last switched to.
export function viewName() {
  try {
    return localStorage.getItem(KEPT_VIEW) === "text" ? "text" : "page";
  } catch {
    return "page"; // the browser keeps nothing for this page
  }
}

export function keepViewName(name) {
  try {
    localStorage.setItem(KEPT_VIEW, name);
  } catch {
    // it is asked again next time
  }
}

// The view of the pages in the pane's new content, null where the text is shown. `old` is the view before: one of the
// same document goes on. `onSight` is called for each page that comes into sight, `onFailure` where none can be shown.
export function openPages(pane, old, { onSight, onFailure }) {
  let container = pane.querySelector(".document-pages");
  const text = pane.querySelector(".document-text");
  const isShown = Boolean(container) && !text.childElementCount;
  pane.querySelectorAll("[data-view]").forEach((button) => button.setAttribute("aria-pressed", String((button.dataset.view === "page") === isShown)));
  if (isShown && old?.container.dataset.place === container.dataset.place) {
    const { top, left } = old.position;
    container.replaceWith(old.container);
    old.container.scrollTo({ top, left, behavior: "instant" });
    text.hidden = true;
    return old;
  }
  old?.close();
  if (!isShown) return null;
  const place = new URLSearchParams(container.dataset.place);
  Object.entries({ tabindex: 0, role: "group", "aria-label": "Pages" }).forEach(([name, value]) => container.setAttribute(name, value));
  container.hidden = false;
  text.hidden = true;
  const view = new PageView(container, { document: place.get("document"), sha256: place.get("sha256") });
  view.isShown = true;
  container.addEventListener("pageinsight", onSight);
  view.ready.then((isReady) => isReady || onFailure());
  return view;
}
