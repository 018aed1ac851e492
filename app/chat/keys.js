// Keys of the question box, and the sheet that lists all keys: Up brings the last question back, ? shows the sheet.

const KEYS = [
  ["Enter", "ask the question"],
  ["Shift+Enter", "begin a new line"],
  ["Up, in an empty box", "bring the last question back, to change it and ask again"],
  ["Alt+Up, Alt+Down", "go to the previous or the next cited place"],
  ["Left, Right, on the line between the panes", "make the conversation narrower or wider"],
  ["Ctrl+F", "find in the document"],
  ["F3, Shift+F3", "next match, previous match"],
  ["Escape", "leave what is open, or a question that is being changed"],
  ["?", "show this sheet"],
];

const dialog = document.createElement("dialog");
dialog.id = "keys";
dialog.setAttribute("aria-labelledby", "keys-title");
dialog.innerHTML = "<h2 id=\"keys-title\">Keys</h2><dl></dl><button type=\"button\">Close</button>";
for (const [key, what] of KEYS) {
  const name = document.createElement("dt");
  const label = document.createElement("kbd");
  label.textContent = key;
  name.append(label);
  const about = document.createElement("dd");
  about.textContent = what;
  dialog.querySelector("dl").append(name, about);
}
dialog.querySelector("button").addEventListener("click", () => dialog.close());
document.body.append(dialog);

const box = () => document.querySelector("#question textarea");

function recall() {
  const last = [...document.querySelectorAll("#log .question")].at(-1);
  if (!last) return;
  box().value = last.textContent;
  box().dispatchEvent(new Event("input", { bubbles: true }));
  box().setSelectionRange(box().value.length, box().value.length);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isWriting = event.target.matches?.("input, textarea, select, [contenteditable]");
  if (event.key === "ArrowUp" && event.target === box() && !box().value) {
    event.preventDefault();
    recall();
  } else if (event.key === "?" && (!isWriting || (event.target === box() && !box().value)) && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    dialog.showModal();
  }
});
