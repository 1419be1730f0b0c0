// Runs once in the source panel's element: brings the marked sentence into view, and leads back to the answer.
const motion = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");

element.closest("#source").tabIndex = 0; // what scrolls can be scrolled with the keyboard

const show = () => {
  const pane = element.closest("#source");
  const target = element.querySelector("#cited") ?? element.querySelector(".sheet h2");
  if (!pane || !target) return;
  if (getComputedStyle(pane).overflowY === "visible") {
    target.scrollIntoView({ block: "center", behavior: motion() });
  } else {
    const above = target.getBoundingClientRect().top - pane.getBoundingClientRect().top;
    pane.scrollTo({ top: pane.scrollTop + above - pane.clientHeight / 3, behavior: motion() });
  }
  target.tabIndex = -1;
  const typing = document.activeElement?.matches("textarea, input"); // the next question has been begun
  if (!typing) target.focus({ preventScroll: true });
};

// app.py sends this when an answer to a click has arrived; the page is drawn a moment later.
window.addEventListener("dateline-cited", () => setTimeout(show, 60));

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.classList.contains("open")) {
    trigger("open", { article: button.dataset.article, quote: button.dataset.quote });
  } else if (button?.classList.contains("compare")) {
    trigger("compare", { old: button.dataset.old, article: button.dataset.article, quote: button.dataset.quote });
  } else if (button?.classList.contains("back")) {
    const cite = document.querySelector(".cite[aria-current]");
    cite?.scrollIntoView({ block: "center", behavior: motion() });
    cite?.focus({ preventScroll: true });
  }
});
