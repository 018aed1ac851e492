// Put a text on the clipboard, as plain text and, where there is some, as HTML for word processors.

// `contents` is a promise of {text, html}: the browser must hear of the copy before the server has answered.
export async function copy(contents, hasHtml = true) {
  const blob = (kind, type) => contents.then((content) => new Blob([content[kind]], { type }));
  if (navigator.clipboard?.write && window.ClipboardItem) {
    const forms = { "text/plain": blob("text", "text/plain") };
    if (hasHtml) forms["text/html"] = blob("html", "text/html");
    try {
      return await navigator.clipboard.write([new ClipboardItem(forms)]);
    } catch {
      await contents; // where the server gave a reason it is raised here; else the old way may still work
    }
  }
  copyByEvent(await contents);
}

// The way that works without a secure address, such as that of another machine.
function copyByEvent({ text, html }) {
  const fill = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    event.clipboardData.setData("text/plain", text);
    if (html) event.clipboardData.setData("text/html", html);
  };
  document.addEventListener("copy", fill, { capture: true, once: true });
  const isDone = document.execCommand("copy");
  document.removeEventListener("copy", fill, { capture: true });
  if (!isDone) throw new Error("The browser did not allow the copy; select the text and copy it.");
}

export async function fetchJson(address) {
  let response;
  try {
    response = await fetch(address);
  } catch {
    throw new Error("The server does not answer. Is inquote still running?");
  }
  const content = await response.json();
  if (!response.ok) throw new Error(content.error);
  return content;
}
