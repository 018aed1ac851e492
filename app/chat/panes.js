// The line between conversation and document, which can be drawn aside, by pointer and by arrow keys. This browser
// remembers where it stands; a phone, which shows the one over the other, has none.

const KEY = "inquote-conversation-width";
const [LEAST, MOST, FIRST] = [25, 75, 45]; // percent of the page
const STEP = 2;

const line = document.createElement("div");
line.id = "divider";
line.tabIndex = 0;
line.title = "Drag, or use the arrow keys; Enter puts it back";
for (const [name, value] of Object.entries({
  role: "separator",
  "aria-orientation": "vertical",
  "aria-label": "Width of the conversation",
  "aria-controls": "conversation",
  "aria-valuemin": LEAST,
  "aria-valuemax": MOST,
})) line.setAttribute(name, value);

let width = FIRST;

function show(percent) {
  width = Math.min(MOST, Math.max(LEAST, Math.round(10 * percent) / 10));
  document.querySelector("#inquote").style.setProperty("--conversation", `${width}%`);
  line.setAttribute("aria-valuenow", Math.round(width));
  line.setAttribute("aria-valuetext", `${Math.round(width)} percent`);
}

function keep(percent) {
  show(percent);
  if (width === FIRST) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, width);
}

line.addEventListener("pointerdown", (event) => {
  event.preventDefault();
  line.focus({ preventScroll: true });
  line.setPointerCapture(event.pointerId);
  document.body.classList.add("dragging");
});
line.addEventListener("pointermove", (event) => {
  if (line.hasPointerCapture(event.pointerId)) show((100 * event.clientX) / document.querySelector("#inquote").clientWidth);
});
line.addEventListener("lostpointercapture", () => {
  document.body.classList.remove("dragging");
  keep(width);
});
line.addEventListener("dblclick", () => keep(FIRST));
line.addEventListener("keydown", (event) => {
  const to = { ArrowLeft: width - STEP, ArrowRight: width + STEP, Home: LEAST, End: MOST, Enter: FIRST }[event.key];
  if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  keep(to);
});

function wait() {
  const frame = document.querySelector("#inquote");
  const place = document.querySelector("#document");
  if (!frame || !place) return requestAnimationFrame(wait);
  place.before(line);
  const kept = Number(localStorage.getItem(KEY));
  show(kept || FIRST);
}
wait();
