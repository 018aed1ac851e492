// Copy an answer with its citations, or its citations alone, by the control under it.

import { copy, fetchJson } from "./clipboard.js";

const SHOWN = 2500; // milliseconds that "Copied" is shown
const status = document.createElement("p"); // for screen readers
status.className = "unseen";
status.setAttribute("role", "status");
document.body.append(status);

async function take(link) {
  const parameters = new URLSearchParams(link.hash.slice(1));
  const form = parameters.get("form");
  const forms = fetchJson(`api/copied/${encodeURIComponent(parameters.get("turn"))}`);
  const label = link.dataset.label ?? link.textContent;
  link.dataset.label = label;
  let sentence = "Copied";
  try {
    await copy(forms.then((all) => ({ text: all[form], html: all.html })), form === "answer");
  } catch (error) {
    sentence = error.message;
  }
  status.textContent = sentence;
  link.textContent = sentence;
  setTimeout(() => (link.textContent = label), SHOWN);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#log a.copy");
  if (!link) return;
  event.preventDefault();
  take(link);
});

// ---- a selection with Ctrl+C: the words alone, without the numbers and buttons among them

const NO_TEXT = ".cite, .unseen, .tip, .mark, .feedback, .copying, .trace summary, .again, a.only, a.edit, [role=button]";

document.addEventListener("copy", (event) => {
  const selection = getSelection();
  const log = document.querySelector("#log");
  if (event.defaultPrevented || selection.isCollapsed || !log?.contains(selection.anchorNode)) return;
  const clean = document.createElement("div");
  for (let n = 0; n < selection.rangeCount; n++) clean.append(selection.getRangeAt(n).cloneContents());
  clean.querySelectorAll(NO_TEXT).forEach((part) => part.remove());
  clean.className = "copied";
  document.body.append(clean); // what is not shown has no line ends
  event.clipboardData.setData("text/plain", clean.innerText.replace(/\n{3,}/g, "\n\n").trim());
  clean.querySelectorAll("*").forEach((part) => part.removeAttribute("class"));
  event.clipboardData.setData("text/html", clean.innerHTML);
  clean.remove();
  event.preventDefault();
});
