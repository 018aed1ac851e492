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
