// The corpus drawer: a dialog over the page that lists the documents and, where the server allows it, takes files in
// and removes documents. The server makes its HTML; this file fetches it, sends files, and follows the running job.

import { GONE, look, TAKEN_IN } from "./connection.js";
import { addLimit } from "./scope_control.js";
import { actOnSelected, showSelected, takeSelection, unselect } from "./selected.js";

const POLL = 400; // milliseconds between two looks at the running job
const QUIET_POLL = 1500; // and between two at what goes on after it
const STAGES = { reading: "Reading files", embedding: "Embedding passages", indexing: "Writing the index", "asking again": "Asking earlier questions again" };

const dialog = document.createElement("dialog");
dialog.id = "corpus";
dialog.setAttribute("aria-labelledby", "corpus-title");
const status = document.createElement("p"); // for screen readers
status.className = "unseen";
status.setAttribute("role", "status");
const opener = document.createElement("button");
opener.id = "corpus-open";
opener.type = "button";
opener.textContent = "Corpus";
opener.setAttribute("aria-haspopup", "dialog");

let following = false; // whether the running job is being followed
let followsAgain = false; // whether another job began meanwhile
let sending = null; // the request that sends files
let asked = 0; // how often the drawer was fetched
const shown = {}; // of each part, the number of the fetch that it came with
let workShown = 0; // how often what goes on was shown by this page itself
let folder = ""; // that is open in the list
let shownPart = 0; // of a long list

const part = (selector) => dialog.querySelector(selector);
const isEmpty = () => Boolean(part(".corpus-empty"));

async function fetchDrawer() {
  const find = part(".corpus-find input")?.value ?? "";
  const order = part(".corpus-sort select")?.value ?? "name";
  const response = await fetch(`api/corpus?${new URLSearchParams({ find, folder, order, part: shownPart })}`).catch(() => {
    throw new Error(GONE);
  });
  const text = await response.text();
  if (response.ok) return text;
  let sentence = "The corpus cannot be shown.";
  try {
    sentence = JSON.parse(text).error;
  } catch {}
  throw new Error(sentence);
}

// Replace the parts that change and leave the others, so that they keep the focus. What went wrong just now stays, but
// for a server that did not answer. What was fetched earlier and comes later is not shown.
async function refresh(...parts) {
  const shownBefore = workShown;
  const number = (asked += 1);
  try {
    const content = await fetchDrawer();
    const problem = part(".corpus-problem.now");
    if (shownBefore !== workShown) parts = parts.filter((name) => name !== ".corpus-work"); // newer than what was fetched
    if (!part(".corpus-list")) {
      dialog.innerHTML = content;
      part(".corpus-close").focus(); // it had the focus before
    }
    const fresh = new DOMParser().parseFromString(content, "text/html");
    for (const name of parts) {
      if (shown[name] > number) continue;
      shown[name] = number;
      const focus = part(name)?.contains(document.activeElement);
      part(name)?.replaceWith(fresh.querySelector(name));
      if (focus) (part(name).querySelector("button") ?? part(".corpus-close")).focus();
    }
    if (problem && problem.textContent !== GONE && !problem.isConnected) part(".corpus-work").prepend(problem);
    dialog.querySelectorAll("time[datetime]").forEach(showLocally);
    showSelected(dialog);
    dialog.append(status);
  } catch (error) {
    showProblem(error.message);
  }
}

// Times come in UTC; people live by their own clocks.
function showLocally(time) {
  const at = new Date(time.dateTime);
  if (isNaN(at)) return;
  const two = (number) => String(number).padStart(2, "0");
  time.textContent = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

// What the drawer holds until its content has come.
function prepare() {
  if (!part(".corpus-work")) dialog.innerHTML = '<header class="corpus-head"><h2 id="corpus-title">Corpus</h2><button type="button" class="corpus-close">Close</button></header><div class="corpus-body"><div class="corpus-work"><p class="source" role="status">Opening the corpus ...</p></div></div>';
}

function showProblem(sentence) {
  prepare();
  part(".corpus-problem.now")?.remove();
  const line = document.createElement("p");
  line.className = "corpus-problem now";
  line.setAttribute("role", "alert");
  line.textContent = sentence || GONE;
  if (!part(".corpus-list")) part(".corpus-work").replaceChildren();
  part(".corpus-work").prepend(line);
  if (line.textContent === GONE) look();
}

async function show() {
  prepare();
  if (!dialog.open) {
    part(".corpus-problem.now")?.remove();
    dialog.showModal();
  }
  await refresh(".corpus-sum", ".corpus-work", ".corpus-list");
  if (part(".corpus-now")) follow();
  else followQuietly();
}

document.addEventListener("server-back", () => dialog.open && show());

function bar(text, share) {
  const now = part(".corpus-now");
  opener.textContent = share ? `Corpus · ${Math.round(100 * share)} %` : "Corpus ...";
  if (!now) return;
  now.querySelector(".corpus-stage").textContent = text;
  const progress = now.querySelector("progress");
  if (share === null) progress.removeAttribute("value");
  else progress.value = share;
}

// Show how far the running job is, until it ends; return what the server said of it then.
async function untilEnd() {
  for (;;) {
    const job = await (await fetch("api/corpus/work")).json();
    if (!job.running) return job;
    const share = job.total ? job.done / job.total : null;
    bar(`${STAGES[job.stage] ?? "Preparing"}${job.total ? `: ${job.done} of ${job.total}` : ""}`, share);
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
}

async function follow() {
  followsAgain = following; // the list that is being fetched may be older than the job that began now
  if (following) return;
  following = true;
  const empty = isEmpty();
  try {
    let job;
    do {
      followsAgain = false;
      job = await untilEnd();
      await refresh(".corpus-sum", ".corpus-work", ".corpus-list");
    } while (followsAgain);
    followQuietly();
    const opens = dialog.open ? job.opens : "";
    document.dispatchEvent(new CustomEvent("corpus-changed", { detail: { opens } }));
    if (empty && job.opens) sessionStorage.setItem(TAKEN_IN, job.opens);
    status.textContent = [part(".corpus-done h3"), ...dialog.querySelectorAll(".corpus-problem, .corpus-done > dl dt")].map((e) => e?.textContent).join(". ");
    if (empty && !isEmpty() && !dialog.open) location.reload(); // the page was waiting for a text
  } catch {
    showProblem();
  } finally {
    following = false;
    opener.textContent = "Corpus";
  }
  dialog.dataset.reload = empty && !isEmpty() ? "yes" : "";
}

// Earlier questions are asked again after a change; what became of their answers is shown once it is known.
async function followQuietly() {
  try {
    for (;;) {
      const job = await (await fetch("api/corpus/work")).json();
      if (job.running || !dialog.open) return;
      if (!job.comparing) break;
      await new Promise((resolve) => setTimeout(resolve, QUIET_POLL));
    }
    const isChoosing = part(".corpus-held") || part(".corpus-now");
    if (!isChoosing) await refresh(".corpus-work");
  } catch {} // it is only for information
}

async function post(change, body) {
  part(".corpus-problem.now")?.remove();
  try {
    const response = await fetch(`api/corpus/${change}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) });
    if (!response.ok) {
      if (part(".corpus-held")) await refresh(".corpus-work");
      return showProblem((await response.json()).error);
    }
  } catch {
    return showProblem();
  }
  if (change === "stop") return;
  await refresh(".corpus-work");
  follow();
}

// ---- files

function showWork(html) {
  workShown += 1;
  part(".corpus-work").innerHTML = html;
}

function limitProblem(files) {
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
  if (part(".corpus-now")) return showProblem("Busy: another ingest is running; try again when it is done.");
  const limit = limitProblem(files);
  if (limit) return showProblem(limit);
  const form = new FormData();
  for (const [name, file] of files) form.append("files", file, name);
  showWork('<section class="corpus-now" aria-label="What goes on"><p></p><progress aria-label="How far it is" max="1"></progress><p class="corpus-stage"></p><button type="button" data-cancel>Stop</button></section>');
  part(".corpus-now p").textContent = `Sending ${files.length} ${files.length === 1 ? "file" : "files"} ...`;
  status.textContent = part(".corpus-now p").textContent;
  sending = new XMLHttpRequest();
  sending.upload.onprogress = (event) => bar(`${(event.loaded / 1e6).toFixed(1)} of ${(event.total / 1e6).toFixed(1)} MB`, event.loaded / event.total);
  sending.onload = () => finishSending(sending);
  sending.onerror = () => finishSending(null, "The files were not sent whole: the server refused them or does not answer.");
  sending.onabort = () => finishSending(null, "Stopped; nothing was changed.");
  sending.open("POST", "api/corpus/files?check=true");
  sending.send(form);
}

async function finishSending(request, sentence) {
  opener.textContent = "Corpus";
  sending = null;
  await refresh(".corpus-work");
  if (request?.status === 202) return follow();
  if (request?.status === 200) return askAboutHeld(JSON.parse(request.responseText).html);
  let error = sentence;
  try {
    error ??= JSON.parse(request.responseText).error;
  } catch {}
  showProblem(error);
}

// Files that are there already wait on the server until somebody has chosen what becomes of them.
function askAboutHeld(html) {
  showWork(html);
  part(".corpus-held button").focus();
  status.textContent = part(".corpus-held h3").textContent;
}

function settleHeld(held, drop) {
  const choice = { held: held.dataset.held, drop };
  choice.namesakes = held.querySelector("[name=namesakes]:checked")?.value;
  choice.takes_copies = held.querySelector("[name=copies]:checked")?.value === "take";
  return post("settle", choice);
}

// List the files below an entry that was dropped, each with its path.
async function filesBelow(entry, path = "") {
  if (entry.isFile) return [[path + entry.name, await new Promise((resolve, reject) => entry.file(resolve, reject))]];
  const reader = entry.createReader();
  const files = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return files;
    for (const child of some) if (!child.name.startsWith(".")) files.push(...(await filesBelow(child, `${path}${entry.name}/`)));
  }
}

async function takeDropped(data) {
  const files = [...data.files].map((file) => [file.name, file]);
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
  await show();
  if (!part(".corpus-add")) return showProblem("This server is read-only: it takes no files in.");
  const folders = entries.some((entry) => entry.isDirectory);
  send(folders ? (await Promise.all(entries.map((entry) => filesBelow(entry)))).flat() : files);
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
  takeDropped(event.dataTransfer);
});

// ---- titles

// A field in the place of a title; the focus comes back to the button that opened it.
function askForTitle(button) {
  const about = button.closest("li").querySelector("div:not(.acts)");
  const link = about.querySelector("a.open");
  const form = document.createElement("form");
  form.className = "corpus-rename";
  form.innerHTML = '<input type="text" aria-label="Title" maxlength="300" required><button type="submit">Save</button><button type="button">Cancel</button>';
  const input = form.querySelector("input");
  input.value = button.dataset.name;
  const leave = () => {
    form.replaceWith(link);
    button.focus();
  };
  form.querySelector("[type=button]").addEventListener("click", leave);
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    leave();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    leave();
    if (input.value.trim() !== button.dataset.name) post("rename", { document: decodeURIComponent(button.dataset.rename), title: input.value });
  });
  link.replaceWith(form);
  input.select();
}

// ---- the dialog

async function openFolder(path) {
  folder = path;
  await showPart(0);
}

async function showPart(number) {
  shownPart = number;
  await refresh(".corpus-list");
}

dialog.addEventListener("click", (event) => {
  const control = event.target.closest("button, a.open");
  if (event.target === dialog || control?.matches(".corpus-close, a.open")) dialog.close();
  else if (control?.dataset.post) post(control.dataset.post);
  else if (control?.dataset.rename) askForTitle(control);
  else if (control?.dataset.selected) actOnSelected(dialog, control.dataset.selected, (documents) => post("remove", { documents }));
  else if (control?.dataset.remove) {
    const id = decodeURIComponent(control.dataset.remove);
    unselect(id);
    post("remove", { document: id });
  }
  else if (control?.dataset.folder !== undefined) openFolder(decodeURIComponent(control.dataset.folder));
  else if (control?.dataset.part) showPart(Number(control.dataset.part)).then(() => part(".corpus-list").scrollIntoView());
  else if (control?.dataset.limit) {
    dialog.close();
    addLimit({ place: decodeURIComponent(control.dataset.limit), name: control.dataset.name });
    document.querySelector("#question textarea")?.focus();
  } else if (control?.hasAttribute("data-cancel")) sending?.abort();
  else if (control?.hasAttribute("data-drop")) settleHeld(control.form, true);
});
dialog.addEventListener("submit", (event) => {
  event.preventDefault();
  settleHeld(event.target, false);
});
dialog.addEventListener("change", (event) => {
  if (event.target.matches(".corpus-sort select")) showPart(0);
  if (event.target.matches("[data-select]")) takeSelection(dialog, event.target);
  if (event.target.type !== "file") return;
  send([...event.target.files].map((file) => [file.name, file]));
  event.target.value = "";
});
let typing = 0;
dialog.addEventListener("input", (event) => {
  if (event.target.type !== "search") return;
  clearTimeout(typing);
  typing = setTimeout(() => showPart(0), 150);
});
dialog.addEventListener("close", () => dialog.dataset.reload && location.reload());
opener.addEventListener("click", show);

// The notice that there is no library offers a text to begin with; the drawer shows how it is taken in.
document.addEventListener("click", async (event) => {
  if (!event.target.closest?.("#notice a.demonstration")) return;
  event.preventDefault();
  await show();
  if (!part(".corpus-now")) post("demonstration");
});

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("#intro a.add-documents")) return;
  event.preventDefault();
  show();
});

function wait() {
  const after = document.querySelector("#top #new");
  if (!after) return requestAnimationFrame(wait);
  after.before(opener);
  document.body.append(dialog);
}
wait();
