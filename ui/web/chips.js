// Runs once in the chips' element: takes filters away, and lets the browser offer a calendar for days.
element.addEventListener("click", (event) => {
  const chip = event.target.closest("button.lift");
  if (chip) trigger("lift", { kind: chip.dataset.kind ?? "all", value: chip.dataset.value ?? "" });
});

const offer = () => {
  for (const box of document.querySelectorAll("#after input, #before input, #as-of input")) {
    if (box.type === "text") box.type = "date";
  }
};
new MutationObserver(offer).observe(document.querySelector("#tools") ?? document.body, { childList: true, subtree: true });
offer();
