// Runs once in the history's element: keeps conversations in this browser's storage, and nowhere else.
const KEY = "dateline-conversations";
const OFF = "dateline-keep-nothing";
const dialog = element.querySelector("dialog");
const said = JSON.parse(dialog.dataset.said);
const list = dialog.querySelector(".kept");
const search = dialog.querySelector(".search");
const keep = dialog.querySelector(".keep input");
let current = null; // the id of the conversation that is shown, once it is kept

const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
const off = () => stored(OFF) === "1";
const whole = (one) => one && typeof one.id === "string" && typeof one.title === "string" && Array.isArray(one.turns);

function read() {
  try {
    const found = JSON.parse(stored(KEY));
    return Array.isArray(found) ? found.filter(whole) : [];
  } catch {
    return [];
  }
}

function write(all) { // the newest first; where there is no room, the oldest goes
  while (all.length) {
    try { return localStorage.setItem(KEY, JSON.stringify(all)); } catch { all.pop(); }
  }
  try { localStorage.removeItem(KEY); } catch { /* nothing can be kept */ }
}

window.addEventListener("dateline-record", ({ detail: record }) => {
  if (!record || typeof record.at !== "number" || off()) return;
  const all = read();
  let one = all.find((found) => found.id === current);
  const last = one?.turns.at(-1);
  const follows = !last || record.at > last.at || (record.at === last.at && record.question === last.question);
  if (!one || !follows) { // after a restart the server begins anew: what was kept stays as it is
    current = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    one = { id: current, title: record.question.slice(0, 200), turns: [] };
  }
  one.turns = [...one.turns.filter((turn) => turn.at < record.at), record];
  one.asked = Date.now();
  write([one, ...all.filter((found) => found.id !== current)]);
});

function make(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  if (tag === "button") made.type = "button";
  return made;
}

function button(name, sign, title, action) {
  const made = make("button", `act ${name}`, sign);
  made.setAttribute("aria-label", said[name].replace("{title}", title));
  made.title = made.getAttribute("aria-label");
  made.addEventListener("click", () => action(made));
  return made;
}

function certain(made, action) { // the second click does it
  if (made.dataset.armed) return action();
  const before = [made.textContent, made.getAttribute("aria-label")];
  made.dataset.armed = "yes";
  made.textContent = said.sure;
  made.removeAttribute("aria-label");
  made.addEventListener("blur", () => {
    delete made.dataset.armed;
    made.textContent = before[0];
    if (before[1]) made.setAttribute("aria-label", before[1]);
  }, { once: true });
}

function change(id, edit) {
  write(read().map((one) => (one.id === id ? edit(one) : one)).filter(Boolean));
  show();
}

function remove(id) {
  if (id === current) current = null;
  change(id, () => null);
  search.focus();
}

function rename(item, one) {
  const form = make("form", "naming");
  const box = make("input");
  box.value = one.title;
  box.maxLength = 200;
  box.dir = "auto";
  box.setAttribute("aria-label", said.rename.replace("{title}", one.title));
  const save = make("button", "act", said.save);
  save.type = "submit";
  form.append(box, save);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    change(one.id, (found) => ({ ...found, title: box.value.trim() || found.title }));
    list.querySelector(`[data-id="${one.id}"] .open`)?.focus();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); show(); }
  });
  item.replaceChildren(form);
  box.select();
}

function reopen(one) {
  const turns = one.turns.map((turn, at) => ({ ...turn, at }));
  change(one.id, (found) => ({ ...found, turns }));
  current = one.id;
  dialog.close();
  trigger("restore", { records: turns });
}

function item(one) {
  const made = make("li");
  made.dataset.id = one.id;
  const open = button("open", one.title, one.title, () => reopen(one));
  open.dir = "auto";
  const when = make("span", "when", one.asked ? new Date(one.asked).toLocaleDateString(document.documentElement.lang) : "");
  when.title = said.day;
  made.append(open, when,
    button("rename", "✎", one.title, () => rename(made, one)),
    button("export", "↓", one.title, () => save(markdown(one), `${one.title}.md`, "text/markdown")),
    button("delete", "×", one.title, (self) => certain(self, () => remove(one.id))));
  return made;
}

function show() {
  const all = read();
  const wanted = search.value.trim().toLocaleLowerCase();
  const has = (one) => `${one.title} ${one.turns.map((turn) => turn.markdown).join(" ")}`.toLocaleLowerCase().includes(wanted);
  const found = wanted ? all.filter(has) : all;
  const empty = off() ? said.off : all.length ? said.nothing_found : said.none;
  list.replaceChildren(...(found.length ? found.map(item) : [make("li", "hint", empty)]));
  keep.checked = off();
}

const markdown = (one) => [`# ${one.title}`, ...one.turns.map(
  (turn, at) => String(turn.markdown).replace(/(?<!\\)\[\^0\./g, `[^${at + 1}.`))].join("\n\n");

function save(text, name, type) {
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = `dateline ${name}`.replace(/[\\/:*?"<>|\u0000-\u001f]/g, " ").slice(-120);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

dialog.querySelector(".export_markdown").addEventListener("click", () => save(read().map(markdown).join("\n\n"), "conversations.md", "text/markdown"));
dialog.querySelector(".export_json").addEventListener("click", () => save(JSON.stringify(read(), null, 1), "conversations.json", "application/json"));
dialog.querySelector(".delete_all").addEventListener("click", (event) => {
  const self = event.target;
  certain(self, () => { current = null; write([]); show(); search.focus(); });
});
keep.addEventListener("change", () => {
  try { keep.checked ? localStorage.setItem(OFF, "1") : localStorage.removeItem(OFF); } catch { /* nothing is kept */ }
  if (keep.checked) { current = null; write([]); }
  show();
});
search.addEventListener("input", show);
dialog.querySelector(".close").addEventListener("click", () => dialog.close());
document.addEventListener("click", (event) => {
  if (event.target.closest("#new")) current = null;
  if (event.target.closest("#conversations")) { search.value = ""; show(); dialog.showModal(); }
});
