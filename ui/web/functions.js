// Gradio makes functions out of texts, which our policy forbids. This script comes before its own and holds the very
// functions that the page's parts bring, compiled as the source that they are; what is not here is not run.
const made = new Map();
const add = (names, body, made_of) => made.set(JSON.stringify([names, body]), made_of);

// A template without code: text, and names of its values. Gradio asks for these in two steps, of which the first
// is Handlebars' function for a text in which nothing is to be replaced.
const PLAIN = /^\s*return ("(?:[^"\\]|\\.)*");\s*$/;
const TEMPLATE = /^return `((?:[^`\\$]|\$\{\w+\}|\$(?!\{))*)`;$/;

const simple = (names, body) => {
  const plain = PLAIN.exec(body);
  if (plain) {
    const text = JSON.parse(plain[1]);
    return () => text;
  }
  const template = TEMPLATE.exec(body);
  if (!template) return undefined;
  return (...values) => template[1].replace(/\$\{(\w+)\}/g, (_, name) => String(values[names.indexOf(name)]));
};

const guarded = (native) => {
  const make = (parts) => {
    const names = parts.slice(0, -1).map(String);
    const body = String(parts.at(-1) ?? "");
    return made.get(JSON.stringify([names, body])) ?? simple(names, body) ?? Reflect.construct(native, parts);
  };
  return new Proxy(native, { apply: (_, __, parts) => make(parts), construct: (_, parts) => make(parts) });
};

window.Function = guarded(Function);
const Async = Object.getPrototypeOf(async () => {});
Object.defineProperty(Async, "constructor", { value: guarded(Async.constructor), configurable: true });
