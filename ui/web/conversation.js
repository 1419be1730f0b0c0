// Runs once in the conversation's element. Buttons come and go with its HTML, so clicks are taken here.
const current = () => element.querySelector(".cite[aria-current]");

element.addEventListener("click", (event) => {
  const cite = event.target.closest("button.cite");
  const example = event.target.closest("button.example");
  const edit = event.target.closest("button.edit");
  if (cite) {
    current()?.removeAttribute("aria-current");
    cite.setAttribute("aria-current", "true");
    trigger("cite", { turn: Number(cite.dataset.turn), label: Number(cite.dataset.label) });
  } else if (example) {
    trigger("suggest", { question: example.textContent });
  } else if (edit) {
    trigger("edit", { question: edit.textContent });
  }
});

watch("value", () => {
  const last = element.querySelector(".turn:last-child");
  const pane = element.closest("#conversation");
  if (!last || !pane) return;
  if (pane.scrollHeight > pane.clientHeight + 1) {
    pane.scrollTop += last.getBoundingClientRect().top - pane.getBoundingClientRect().top - 8;
  } else {
    last.scrollIntoView({ block: "nearest" });
  }
});
