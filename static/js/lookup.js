// Asking the server about what is being typed: after a pause, and only ever for the newest words.
// `hear` gets the answer, `miss` the words about why there is none.
const meta = document.querySelector('meta[name="csrf-token"]');

export function lookup(pause, hear, miss) {
  let timer;
  let running;
  let last;

  async function ask(address, said) {
    running = new AbortController();
    const { signal } = running;
    const headers = { Accept: "application/json" };
    if (said) headers["X-CSRFToken"] = meta?.content ?? "";
    const method = said ? "POST" : "GET";
    try {
      const response = await fetch(address, { method, body: said, headers, signal });
      const answer = await response.json();
      if (signal.aborted) return;
      if (response.ok) hear(answer);
      else miss?.(answer.words);
    } catch {
      // Overtaken by newer words, or no connection: what is shown stays.
      if (!signal.aborted) miss?.(meta?.dataset.offline);
    }
  }

  // An empty address asks nothing and only stops what was asked. What is `said` besides is sent
  // and does not stand in the address.
  return (address, wait = pause, said) => {
    const asked = `${address} ${said ?? ""}`;
    if (asked === last && wait) return;
    last = asked;
    clearTimeout(timer);
    running?.abort();
    if (address) timer = setTimeout(ask, wait, address, said);
  };
}
