// The corpus drawer: a dialog over the page that lists the documents and, where the server allows it, takes files in
// and removes documents. The server makes its HTML; this file fetches it, sends files, and follows the work under way.

const POLL = 400; // milliseconds between two looks at the work under way
const SHOWN = { reading: "Reading files", embedding: "Embedding passages", indexing: "Writing the index", "asking again": "Asking earlier questions again" };

const dialog = document.createElement("dialog");
dialog.id = "corpus";
dialog.setAttribute("aria-labelledby", "corpus-title");
const says = document.createElement("p"); // what a screen reader hears of it
says.className = "unseen";
says.setAttribute("role", "status");
const opener = document.createElement("button");
opener.id = "corpus-open";
opener.type = "button";
opener.textContent = "Corpus";
opener.setAttribute("aria-haspopup", "dialog");

let following = false; // whether the work under way is being looked at
let sending = null; // the request that sends files

const part = (selector) => dialog.querySelector(selector);
const isEmpty = () => Boolean(part(".corpus-empty"));

async function fetched() {
  const find = part(".corpus-find input")?.value ?? "";
  const response = await fetch(`/api/corpus?${new URLSearchParams({ find })}`);
  const text = await response.text();
  if (response.ok) return text;
  let sentence = "The corpus cannot be shown.";
  try {
    sentence = JSON.parse(text).error;
  } catch {}
  throw new Error(sentence);
}

// Replace the parts that change and leave the others, so that what has the focus keeps it.
async function refresh(...parts) {
  try {
    const content = await fetched();
    if (!part(".corpus-body")) dialog.innerHTML = content;
    const made = new DOMParser().parseFromString(content, "text/html");
    for (const name of parts) {
      const focus = part(name)?.contains(document.activeElement);
      part(name)?.replaceWith(made.querySelector(name));
      if (focus) (part(name).querySelector("button") ?? part(".corpus-close")).focus();
    }
    dialog.append(says);
  } catch (error) {
    problem(error.message);
  }
}

function problem(sentence) {
  if (!part(".corpus-work")) dialog.innerHTML = '<header class="corpus-head"><h2 id="corpus-title">Corpus</h2><button type="button" class="corpus-close">Close</button></header><div class="corpus-body"><div class="corpus-work"></div></div>';
  part(".corpus-problem.now")?.remove();
  const line = document.createElement("p");
  line.className = "corpus-problem now";
  line.setAttribute("role", "alert");
  line.textContent = sentence || "The server does not answer. Is inquote still running?";
  part(".corpus-work").prepend(line);
}

async function show() {
  if (!dialog.open) dialog.showModal();
  await refresh(".corpus-sum", ".corpus-work", ".corpus-list");
  if (part(".corpus-now")) follow();
}

function bar(text, share) {
  const now = part(".corpus-now");
  opener.textContent = share ? `Corpus · ${Math.round(100 * share)} %` : "Corpus ...";
  if (!now) return;
  now.querySelector(".corpus-stage").textContent = text;
  const progress = now.querySelector("progress");
  if (share === null) progress.removeAttribute("value");
  else progress.value = share;
}

async function follow() {
  if (following) return;
  following = true;
  const empty = isEmpty();
  try {
    for (;;) {
      const work = await (await fetch("/api/corpus/work")).json();
      if (!work.running) break;
      const share = work.total ? work.done / work.total : null;
      bar(`${SHOWN[work.stage] ?? "Preparing"}${work.total ? `: ${work.done} of ${work.total}` : ""}`, share);
      await new Promise((resolve) => setTimeout(resolve, POLL));
    }
    await refresh(".corpus-sum", ".corpus-work", ".corpus-list");
    says.textContent = [part(".corpus-done h3"), ...dialog.querySelectorAll(".corpus-problem, .corpus-done > dl dt")].map((e) => e?.textContent).join(". ");
    if (empty && !isEmpty() && !dialog.open) location.reload(); // the page was waiting for a text
  } catch {
    problem();
  } finally {
    following = false;
    opener.textContent = "Corpus";
  }
  dialog.dataset.reload = empty && !isEmpty() ? "yes" : "";
}

async function post(what, body) {
  part(".corpus-problem.now")?.remove();
  try {
    const response = await fetch(`/api/corpus/${what}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) });
    if (!response.ok) return problem((await response.json()).error);
  } catch {
    return problem();
  }
  if (what === "stop") return;
  await refresh(".corpus-work");
  follow();
}

// ---- files

function tooMuch(files) {
  const add = part(".corpus-add");
  const bytes = files.reduce((sum, [, file]) => sum + file.size, 0);
  if (files.length > Number(add.dataset.mostFiles) || bytes > Number(add.dataset.mostBytes)) {
    const megabytes = Math.floor(Number(add.dataset.mostBytes) / 1e6);
    return `These are ${files.length} files of ${Math.ceil(bytes / 1e6)} MB; at most ${add.dataset.mostFiles} files of ${megabytes} MB go at once. For more, run inquote ingest FOLDER.`;
  }
  return "";
}

function send(files) {
  if (!files.length || !part(".corpus-add")) return;
  part(".corpus-problem.now")?.remove();
  if (part(".corpus-now")) return problem("Busy: another ingest is running; try again when it is done.");
  const much = tooMuch(files);
  if (much) return problem(much);
  const form = new FormData();
  for (const [name, file] of files) form.append("files", file, name);
  part(".corpus-work").innerHTML = '<section class="corpus-now" aria-label="What goes on"><p></p><progress aria-label="How far it is" max="1"></progress><p class="corpus-stage"></p><button type="button" data-cancel>Stop</button></section>';
  part(".corpus-now p").textContent = `Sending ${files.length} ${files.length === 1 ? "file" : "files"} ...`;
  says.textContent = part(".corpus-now p").textContent;
  sending = new XMLHttpRequest();
  sending.upload.onprogress = (event) => bar(`${(event.loaded / 1e6).toFixed(1)} of ${(event.total / 1e6).toFixed(1)} MB`, event.loaded / event.total);
  sending.onload = () => sent(sending);
  sending.onerror = () => sent(null, "The files were not sent whole: the server refused them or does not answer.");
  sending.onabort = () => sent(null, "Stopped; nothing was changed.");
  sending.open("POST", "/api/corpus/files");
  sending.send(form);
}

async function sent(request, sentence) {
  opener.textContent = "Corpus";
  sending = null;
  await refresh(".corpus-work");
  if (request?.status === 202) return follow();
  let error = sentence;
  try {
    error ??= JSON.parse(request.responseText).error;
  } catch {}
  problem(error);
}

// A folder that was dropped gives the files below it, each with its path.
async function below(entry, path = "") {
  if (entry.isFile) return [[path + entry.name, await new Promise((resolve, reject) => entry.file(resolve, reject))]];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    for (const one of some) if (!one.name.startsWith(".")) found.push(...(await below(one, `${path}${entry.name}/`)));
  }
}

async function dropped(data) {
  const files = [...data.files].map((file) => [file.name, file]);
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
  await show();
  if (!part(".corpus-add")) return problem("This server is read-only: it takes no files in.");
  const folders = entries.some((entry) => entry.isDirectory);
  send(folders ? (await Promise.all(entries.map((entry) => below(entry)))).flat() : files);
}

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
document.addEventListener("dragover", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  document.body.classList.add("dropping");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("dropping");
});
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  document.body.classList.remove("dropping");
  dropped(event.dataTransfer);
});

// ---- the dialog

dialog.addEventListener("click", (event) => {
  const hit = event.target.closest("button, a.open");
  if (event.target === dialog || hit?.matches(".corpus-close, a.open")) dialog.close();
  else if (hit?.dataset.post) post(hit.dataset.post);
  else if (hit?.dataset.remove) post("remove", { document: hit.dataset.remove });
  else if (hit?.hasAttribute("data-cancel")) sending?.abort();
});
dialog.addEventListener("change", (event) => {
  if (event.target.type !== "file") return;
  send([...event.target.files].map((file) => [file.name, file]));
  event.target.value = "";
});
let typing = 0;
dialog.addEventListener("input", (event) => {
  if (event.target.type !== "search") return;
  clearTimeout(typing);
  typing = setTimeout(() => refresh(".corpus-list"), 150);
});
dialog.addEventListener("close", () => dialog.dataset.reload && location.reload());
opener.addEventListener("click", show);

function wait() {
  const after = document.querySelector("#top #new");
  if (!after) return requestAnimationFrame(wait);
  after.before(opener);
  document.body.append(dialog);
}
wait();
