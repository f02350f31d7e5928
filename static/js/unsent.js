// What someone typed and the server does not have yet, kept in this tab alone.
const NAME = "cocreate-unsent";

export function read() {
  try {
    return JSON.parse(sessionStorage.getItem(NAME));
  } catch {
    return null;
  }
}

export function keep(words) {
  try {
    sessionStorage.setItem(NAME, JSON.stringify(words));
  } catch {
    // A browser that keeps nothing for us: the text is still on the page.
  }
}

export function forget() {
  try {
    sessionStorage.removeItem(NAME);
  } catch {
    // Nothing was kept.
  }
}

// What was sent and arrived is needed no more; until then a broken connection may bring it back.
export function forgetSent() {
  if (read()?.sent) forget();
}
