// Looks at pages with Lighthouse. Told by JSON on the standard input:
// {chrome, pages: [{name, url, cookie}], forms: ["desktop", ...], runs}; says a line of JSON per run.
import { launch } from "chrome-launcher";
import lighthouse, { desktopConfig } from "lighthouse";

let told = "";
for await (const piece of process.stdin) told += piece;
const { chrome, pages, forms, runs } = JSON.parse(told);

for (const { name, url, cookie } of pages) {
  for (const form of forms) {
    for (let run = 0; run < runs; run += 1) {
      console.log(JSON.stringify(await look(name, url, cookie, form)));
    }
  }
}

async function look(name, url, cookie, form, tries = 3) {
  // A browser of its own each time: nothing is kept from the run before.
  const browser = await launch({
    chromePath: chrome,
    chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu"],
    logLevel: "silent",
  });
  try {
    const options = {
      port: browser.port,
      logLevel: "error",
      onlyCategories: ["performance", "accessibility", "best-practices", "seo"],
      extraHeaders: cookie ? { Cookie: cookie } : undefined,
    };
    const { lhr } = await lighthouse(url, options, form === "desktop" ? desktopConfig : undefined);
    // Now and then a browser's own record of the page has no beginning.
    if (lhr.runtimeError && tries > 1) return look(name, url, cookie, form, tries - 1);
    const requests = lhr.audits["network-requests"].details.items;
    const bytes = async (kept) => {
      const sizes = await Promise.all(requests.filter(kept).map((one) => weight(one.url, cookie)));
      return sizes.reduce((sum, one) => sum + one, 0);
    };
    const failed = Object.values(lhr.audits).filter(
      (one) => one.score !== null && one.score < 0.9 && one.scoreDisplayMode !== "informative",
    );
    return {
      name,
      form,
      scores: Object.fromEntries(
        Object.entries(lhr.categories).map(([key, one]) => [key, Math.round(one.score * 100)]),
      ),
      requests: requests.length,
      bytes: await bytes(() => true),
      script: await bytes((one) => one.resourceType === "Script"),
      elsewhere: requests.filter((one) => new URL(one.url).origin !== new URL(url).origin).length,
      failed: failed.map((one) => [one.id, ...places(one)].join(" ")),
      error: lhr.runtimeError?.message,
    };
  } finally {
    await browser.kill();
  }
}

// Bytes of an answer as compressed as a browser gets it; its headers do not count.
async function weight(url, cookie) {
  const { headers, body } = await fetch(url, {
    headers: { "Accept-Encoding": "br", ...(cookie && { Cookie: cookie }) },
  });
  await body?.cancel();
  return Number(headers.get("content-length"));
}

// Where on the page, as far as an audit says so.
function places(audit) {
  return (audit.details?.items ?? []).flatMap((one) => one.node?.selector ?? []).slice(0, 3);
}
