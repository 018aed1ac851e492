// The citations of the whole conversation, by document and page; each opens its place.

const key = () => document.querySelector('#save a[href*="api/export/"]')?.getAttribute("href").match(/export\/([\w-]+)\./)?.[1];

async function citations() {
  const response = key() ? await fetch(`api/export/${key()}.json`) : null;
  if (!response?.ok) return [];
  const list = [];
  for (const answer of (await response.json()).answers)
    for (const citation of answer.citations) {
      const isKnown = list.some((other) => other.document === citation.document && other.start === citation.start && other.end === citation.end && other.document_sha256 === citation.document_sha256);
      if (!isKnown) list.push({ ...citation, question: answer.question });
    }
  return list;
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function entry(citation, printed) {
  const link = make("a", "place", "");
  const { document: id, document_sha256, start, end } = citation;
  link.href = `#${new URLSearchParams({ document: id, sha256: document_sha256, start, end })}`;
  link.dir = "auto";
  const label = citation.page && printed(citation.page);
  const isCounted = !label || label === String(citation.page);
  const page = isCounted ? citation.page : `${label} (${citation.page})`;
  const place = [page ? `page ${page}` : "", citation.heading.replaceAll(" > ", " › ")].filter(Boolean).join(" · ");
  link.append(make("span", "quote", citation.quote.replace(/\s+/g, " ")));
  const about = make("span", "about", [place, citation.question].filter(Boolean).join(" · "));
  const item = document.createElement("li");
  item.append(link, about);
  return item;
}

// Fill the panel. `shown` are the parameters of the document in the pane, whose printed numbers `printed` knows.
export async function fillPlaces(panel, shown, printed) {
  let list;
  try {
    list = await citations();
  } catch {
    panel.replaceChildren(make("p", "", "The server does not answer. Is inquote still running?"));
    return;
  }
  if (!list.length) {
    panel.replaceChildren(make("p", "", "Nothing is cited yet; ask a question."));
    return;
  }
  const groups = new Map();
  for (const citation of list) groups.set(citation.document, [...(groups.get(citation.document) ?? []), citation]);
  const content = [];
  for (const [id, group] of groups) {
    const heading = make("h3", "", group[0].title || id);
    heading.dir = "auto";
    const items = document.createElement("ul");
    const isShown = new URLSearchParams(shown).get("document") === id;
    group.sort((a, b) => a.start - b.start).forEach((citation) => items.append(entry(citation, isShown ? printed : () => "")));
    content.push(heading, items);
  }
  panel.replaceChildren(...content);
}
