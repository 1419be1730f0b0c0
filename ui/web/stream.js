// Gradio's server ends the stream of events when none is left, and its client opens another one for the next event. An
// event that is asked for while the end is on its way would be waited for in a stream that is no more, so such an end
// is kept from the client, and what comes after it is taken from a new stream of the server's.
const fetched = window.fetch.bind(window);
const joining = new Set(); // events that are being asked for
const awaited = new Set(); // events whose end has not been seen

const join = async (asked) => {
  const answer = await asked;
  try {
    const { event_id: event } = await answer.clone().json();
    if (event && answer.ok) awaited.add(event);
  } catch { /* no event came of it */ }
  return answer;
};

const lines = async function* (answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n\n");
    rest = parts.pop();
    yield* parts;
  }
};

const isEnd = (line) => {
  if (!/"(?:process_completed|close_stream)"/.test(line)) return false;
  const message = JSON.parse(line.slice(line.indexOf("{")));
  if (message.msg === "process_completed") awaited.delete(message.event_id);
  return message.msg === "close_stream";
};

const flow = async function* (answer, again) {
  for (;;) {
    let end;
    for await (const line of lines(answer)) {
      if (isEnd(line)) end = line;
      else yield line;
    }
    await Promise.allSettled(joining);
    if (!end) awaited.clear();
    if (!awaited.size) {
      if (end) yield end;
      return;
    }
    answer = await again();
    if (!answer.ok || !answer.body) return;
  }
};

const continued = (answer, again) => {
  const found = flow(answer, again);
  const body = new ReadableStream({
    async pull(out) {
      const { value, done } = await found.next();
      if (done) out.close();
      else out.enqueue(new TextEncoder().encode(`${value}\n\n`));
    },
    cancel: () => found.return(),
  });
  return new Response(body, { status: answer.status, headers: answer.headers });
};

window.fetch = async (target, options) => {
  const { pathname } = new URL(target instanceof Request ? target.url : target, location.href);
  if (pathname.endsWith("/queue/join")) {
    const asked = join(fetched(target, options));
    joining.add(asked);
    return asked.finally(() => joining.delete(asked));
  }
  const answer = await fetched(target, options);
  const streams = pathname.endsWith("/queue/data") && answer.ok && answer.body;
  return streams ? continued(answer, () => fetched(target, options)) : answer;
};
