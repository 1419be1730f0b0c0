// Runs once in each part of the archive page. Buttons come and go with its HTML, so clicks are taken here.
let asked; // the button that removes, clicked once

const forget = () => {
  if (!asked) return;
  asked.textContent = asked.dataset.name;
  asked.setAttribute("aria-label", asked.dataset.label);
  asked.classList.remove("sure");
  asked = undefined;
};

const actions = {
  narrow: (button) => {
    const page = button.dataset.page;
    trigger("narrow", { kind: button.dataset.kind, value: page === undefined ? button.dataset.value : Number(page) });
  },
  open: (button) => trigger("open", { article: button.dataset.article, quote: button.dataset.quote ?? "" }),
  remove: (button) => {
    if (asked === button) {
      trigger("remove", { article: button.dataset.article });
      asked = undefined;
      return;
    }
    forget();
    asked = button;
    button.dataset.name = button.textContent;
    button.textContent = button.dataset.sure;
    button.dataset.label = button.getAttribute("aria-label");
    button.setAttribute("aria-label", `${button.dataset.sure} ${button.dataset.label}`);
    button.classList.add("sure");
  },
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const name = button && Object.keys(actions).find((one) => button.classList.contains(one));
  if (name !== "remove") forget();
  if (name) actions[name](button);
});
element.addEventListener("focusout", (event) => { if (event.target === asked) forget(); });
element.addEventListener("keydown", (event) => { if (event.key === "Escape") forget(); });

// The button that narrowed is drawn anew, so the head of the list is what is read next.
window.addEventListener("dateline-listed", () => setTimeout(() => {
  element.querySelector(".found")?.focus({ preventScroll: true });
}, 60));
