// Asking the server about what is being typed: after a pause, and only ever for the newest words.
export function lookup(pause, hear) {
  let timer;
  let running;
  let last;

  async function ask(address) {
    running = new AbortController();
    const { signal } = running;
    try {
      const response = await fetch(address, { headers: { Accept: "application/json" }, signal });
      if (!response.ok) return;
      const answer = await response.json();
      if (!signal.aborted) hear(answer);
    } catch {
      // Overtaken by newer words, or no connection: what is shown stays.
    }
  }

  // An empty address asks nothing and only stops what was asked.
  return (address, wait = pause) => {
    if (address === last && wait) return;
    last = address;
    clearTimeout(timer);
    running?.abort();
    if (address) timer = setTimeout(ask, wait, address);
  };
}
