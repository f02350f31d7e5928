// The one place where text becomes part of a page or an address becomes a program. The browser
// takes both from this policy alone, under the name that the content policy allows.
const ours = (path) => {
  const address = new URL(path, location.origin);
  if (address.origin !== location.origin) throw new TypeError(`not an address of ours: ${path}`);
  return address.pathname + address.search;
};

const policy = window.trustedTypes?.createPolicy("cocreate", {
  // Only what the server has made safe is given to this.
  createHTML: (html) => html,
  createScriptURL: ours,
});

// The elements that `html` from the server describes.
export function parsed(html) {
  const safe = policy ? policy.createHTML(html) : html;
  return new DOMParser().parseFromString(safe, "text/html").body;
}

// The address of a script of ours, as a browser takes it; throws for any other.
export const scriptAddress = (path) => (policy ? policy.createScriptURL(path) : ours(path));
