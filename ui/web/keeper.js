// Runs once: hands what the browser is to keep of an answer to history.js.
watch("value", () => window.dispatchEvent(new CustomEvent("dateline-record", { detail: props.value })));
