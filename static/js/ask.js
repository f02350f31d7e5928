// Sending a form's content and hearing how it went, without leaving the page.
const meta = document.querySelector('meta[name="csrf-token"]');

// Visitors have no token; their forms are left to the browser.
export const isMember = Boolean(meta);

// The answer's fields, with `ok` and `status`; a refusal has `words`. Status 0: no answer came.
export async function ask(path, form) {
  try {
    const response = await fetch(path, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/json", "X-CSRFToken": meta?.content ?? "" },
      signal: AbortSignal.timeout(15_000),
    });
    return { ...(await response.json()), ok: response.ok, status: response.status };
  } catch {
    return { ok: false, status: 0, words: meta?.dataset.offline };
  }
}
