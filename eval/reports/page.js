"use strict";
// Shows the cases of the embedded data, some at a time; every text of a case or an article is set as text, never as HTML.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const list = document.getElementById("cases"), more = document.getElementById("more");
  const form = document.getElementById("filters"), count = document.getElementById("count");
  const STEP = 50;
  let chosen = [], shown = 0;

  const make = (tag, name, text) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined && text !== null) made.textContent = text;
    return made;
  };
  const auto = (tag, name, text, language) => {
    const made = make(tag, name, text);
    made.dir = "auto";
    if (language && /^[a-z-]{2,12}$/i.test(language)) made.lang = language;
    return made;
  };

  // One part of an article with marks: gold and cited spans are code points of the whole article's text.
  const marked = (part, gold, cited, target) => {
    const [offset, text] = part, letters = Array.from(text), end = offset + letters.length;
    const cuts = new Set([offset, end]);
    for (const [start, stop] of gold.concat(cited))
      for (const at of [start, stop]) if (at > offset && at < end) cuts.add(at);
    const sorted = [...cuts].sort((a, b) => a - b);
    for (let i = 0; i + 1 < sorted.length; i++) {
      const [from, to] = [sorted[i], sorted[i + 1]];
      const within = (spans) => spans.some(([start, stop]) => start <= from && to <= stop);
      const names = [within(gold) && "gold", within(cited) && "cited"].filter(Boolean).join(" ");
      const words = letters.slice(from - offset, to - offset).join("");
      target.append(names ? make("mark", names, words) : document.createTextNode(words));
    }
  };

  const article = (id, one) => {
    const found = data.articles[id], box = make("div");
    const spans = (places) => places.filter((place) => place[0] === id).map(([, start, end]) => [start, end]);
    const gold = spans(one.gold), cited = spans(one.cited);
    const head = auto("h3", "");
    (found ? found.about : [`${id} is no longer in the archive`]).forEach((words, at) => {
      if (at) head.append(document.createTextNode(" · "));
      head.append(at ? make("bdi", "", words) : document.createTextNode(words));
    });
    box.append(head);
    if (!found) return box;
    const text = auto("p", "text article", undefined, found.language);
    const near = ([offset, words]) =>
      gold.concat(cited).some(([start, end]) => start < offset + words.length && end > offset);
    found.parts.filter(near).forEach((part, at) => {
      if (at) text.append(document.createTextNode("\n[…]\n"));
      marked(part, gold, cited, text);
    });
    box.append(text);
    return box;
  };

  const body = (one) => {
    const box = make("div", "body");
    if (one.earlier.length) box.append(make("h3", "", "Asked before"));
    for (const text of one.earlier) box.append(auto("p", "text", text, one.language));
    const said = [one.decision, one.verdict && `verdict ${one.verdict}`, one.confidence !== null && `confidence ${one.confidence}`];
    box.append(make("h3", "", `Answer: ${said.filter(Boolean).join(", ")}`), auto("p", "text", one.text));
    if (one.short) box.append(make("h3", "", "Short answer"), auto("p", "text", one.short));
    box.append(make("h3", "", `Gold: ${one["gold verdict"] ? `verdict ${one["gold verdict"]}` : one.gold.length ? "" : "the archive does not say"}`));
    for (const text of one.answers) box.append(auto("p", "text", text));
    const cited = new Set(one.cited.map((place) => place[0]));
    for (const id of cited) box.append(article(id, one));
    const others = [...new Set(one.gold.map((place) => place[0]))].filter((id) => !cited.has(id));
    if (others.length) {
      const rest = make("details");
      rest.append(make("summary", "soft", `Gold in ${others.length} article${others.length > 1 ? "s" : ""} not cited`));
      rest.addEventListener("toggle", () => { if (rest.childElementCount === 1) others.forEach((id) => rest.append(article(id, one))); });
      box.append(rest);
    }
    box.append(make("p", "soft", Object.entries(one.scores).map(([name, value]) => `${name} ${value}`).join(" · ")));
    return box;
  };

  // A changed case of a comparison: two answers side by side.
  const sides = (one) => {
    const box = make("div", "body pair");
    for (const side of one.sides) {
      const part = make("div");
      part.append(make("h3", "", side.title), auto("p", "text", side.text));
      part.append(make("p", side.right ? "good" : "bad", side.right ? "right" : side.problems.join(", ") || "wrong"));
      for (const quote of side.quotes) part.append(auto("h3", "", quote[0]), auto("p", "text article", quote[1]));
      box.append(part);
    }
    return box;
  };

  const row = (one) => {
    const made = make("details"), head = make("summary");
    head.append(make("span", "soft", one.id), auto("bdi", "question", one.question, one.language));
    for (const problem of one.problems) head.append(make("span", `tag ${problem === "won" ? "good" : "bad"}`, problem));
    if (!one.problems.length && !one.sides) head.append(make("span", `tag ${one.right ? "good" : "bad"}`, one.right ? "right" : "begins beside gold"));
    head.append(make("span", "soft", `${one.kind} ${one.language}`));
    made.append(head);
    made.addEventListener("toggle", () => { if (made.childElementCount === 1) made.append(one.sides ? sides(one) : body(one)); });
    return made;
  };

  const show = () => {
    const some = document.createDocumentFragment();
    for (const one of chosen.slice(shown, shown + STEP)) some.append(row(one));
    shown = Math.min(chosen.length, shown + STEP);
    list.append(some);
    more.hidden = shown >= chosen.length;
    count.textContent = `${chosen.length} of ${data.cases.length} cases, ${shown} shown`;
  };

  const filter = () => {
    const given = new FormData(form), problems = given.getAll("problem");
    const text = (given.get("text") || "").trim().toLowerCase();
    chosen = data.cases.filter((one) =>
      (!problems.length || problems.some((problem) => one.problems.includes(problem))) &&
      (!given.get("kind") || one.kind === given.get("kind")) &&
      (!given.get("language") || one.language === given.get("language")) &&
      (!text || `${one.id} ${one.question} ${one.text}`.toLowerCase().includes(text)));
    shown = 0;
    list.replaceChildren();
    show();
  };

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", show);
  filter();
  if (location.hash === "#open") list.querySelectorAll(":scope > details").forEach((one, at) => { one.open = at < 4; });
})();
