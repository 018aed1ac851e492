// Feedback on an answer: the row of verdicts under it, and the dialog to pick the right sentence from.

const PICKING = ["wrong answer", "wrong passage"];
const dialog = document.createElement("dialog");
dialog.id = "picking";
dialog.setAttribute("aria-labelledby", "picking-title");
document.body.append(dialog);

let picking = null; // the link whose verdict waits for a sentence

const parameters = (link) => new URLSearchParams(link.hash.slice(1));
const address = (link) => `api/feedback/${encodeURIComponent(parameters(link).get("turn"))}`;

async function call(link, options) {
  try {
    const response = await fetch(address(link), options);
    if (response.ok) return await response.text();
    showProblem(link, (await response.json()).error);
  } catch {
    showProblem(link, "The server does not answer. Is inquote still running?");
  }
  return null;
}

function showProblem(link, sentence) {
  const label = link.closest(".feedback")?.querySelector(".said");
  if (label) label.textContent = sentence;
}

async function send(link, sentence = null) {
  const verdict = parameters(link).get("verdict");
  const row = link.closest(".feedback");
  const body = JSON.stringify({ verdict, sentence });
  const html = await call(link, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  if (html === null || !row) return;
  const newRow = document.createElement("template");
  newRow.innerHTML = html;
  row.querySelector(".said").textContent = newRow.content.querySelector(".said").textContent;
  link.focus({ preventScroll: true });
}

async function pick(link) {
  const html = await call(link);
  if (html === null) return;
  picking = link;
  dialog.innerHTML = html;
  dialog.showModal();
  dialog.scrollTop = 0;
}

function takeVerdict(link) {
  if (PICKING.includes(parameters(link).get("verdict"))) pick(link);
  else send(link);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#log a.verdict");
  if (!link) return;
  event.preventDefault();
  takeVerdict(link);
});

dialog.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  dialog.close();
  if (!button.classList.contains("cancel")) send(picking, button.value === "" ? null : Number(button.value));
});
