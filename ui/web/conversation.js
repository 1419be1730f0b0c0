// Runs once in the conversation's element. Buttons come and go with its HTML, so clicks are taken here.
const current = () => document.querySelector(".cite[aria-current]");
const say = (text) => { const live = document.querySelector("#live"); if (live) live.textContent = text; };
let heard = 0; // turns that a screen reader was told of

async function copy(button) {
  const text = button.dataset.markdown;
  try {
    await navigator.clipboard.writeText(text);
  } catch { // the page is not on https or localhost
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
    button.focus();
  }
  const before = button.textContent;
  button.textContent = button.dataset.done;
  say(button.dataset.done);
  setTimeout(() => { button.textContent = before; }, 2000);
}

const actions = {
  cite: (button) => {
    current()?.removeAttribute("aria-current");
    button.setAttribute("aria-current", "true");
    trigger("cite", { turn: Number(button.dataset.turn), label: Number(button.dataset.label) });
  },
  example: (button) => trigger("suggest", { question: button.textContent }),
  edit: (button) => trigger("edit", { question: button.textContent }),
  judge: (button) => trigger("judge", { turn: Number(button.dataset.turn), helpful: button.dataset.helpful }),
  stop: () => trigger("stop", {}),
  retry: () => trigger("retry", {}),
  copy,
};

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const name = button && Object.keys(actions).find((one) => button.classList.contains(one));
  if (name) actions[name](button);
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  trigger("judge", { turn: Number(form.dataset.turn), note: form.querySelector("textarea").value });
});

watch("value", () => {
  const turns = element.querySelectorAll(".turn");
  const last = turns[turns.length - 1];
  if (!last) heard = 0;
  const pane = element.closest("#conversation");
  if (!last || !pane) return;
  if (!last.dataset.said) heard = Math.min(heard, turns.length - 1);
  if (turns.length <= heard) return; // nothing new: a thumb, a note
  if (last.dataset.said) {
    heard = turns.length;
    say(last.dataset.said);
  }
  if (pane.scrollHeight > pane.clientHeight + 1) {
    pane.scrollTop += last.getBoundingClientRect().top - pane.getBoundingClientRect().top - 8;
  } else {
    last.scrollIntoView({ block: "nearest" });
  }
});
