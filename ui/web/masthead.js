// Runs once in the masthead's element: the document is in the page's language, whatever gradio makes of the browser's.
const { language } = element.querySelector("header").dataset;
const speak = () => { if (document.documentElement.lang !== language) document.documentElement.lang = language; };
new MutationObserver(speak).observe(document.documentElement, { attributeFilter: ["lang"] });
speak();
element.addEventListener("click", (event) => {
  if (!event.target.closest(".programs")) return;
  event.preventDefault();
  document.querySelector("footer .show-api")?.click(); // gradio's own, which page.css hides
});
