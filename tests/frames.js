// Each page is shown in a frame, long enough for what loads or fails by itself to run; then its
// elements are looked through for what would run later.
async (pages) => {
  const FOREIGN = "script:not([src^='/static/']), iframe, object, embed, base, style, math, "
    + "meta[http-equiv], foreignObject, animate, set, svg a, image, marquee, template, "
    + "use:not([href^='/static/'])";
  const LEADING = ["href", "src", "action", "formaction", "xlink:href", "data", "srcset", "poster"];
  const wrong = [];

  function look(page, number) {
    const tell = (element, why) => wrong.push(`${number}: ${why}: ${element.outerHTML.slice(0, 200)}`);
    for (const element of page.querySelectorAll(FOREIGN)) tell(element, "foreign");
    for (const element of page.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        const leads = value.replace(/[\x00-\x20]/g, "").toLowerCase();
        if (name.startsWith("on") || name === "style") tell(element, name);
        else if (LEADING.includes(name) && /^(javascript|vbscript|data):/.test(leads)) tell(element, name);
        else if (name === "src" && /^(\w+:)?\/\//.test(leads)) tell(element, name);
      }
    }
  }

  async function show(html, number) {
    const frame = document.createElement("iframe");
    await new Promise((done) => {
      frame.addEventListener("load", done, { once: true });
      setTimeout(done, 3000);
      frame.srcdoc = html;
      document.body.append(frame);
    });
    await new Promise((done) => setTimeout(done, 0));
    const page = frame.contentDocument;
    if (page) look(page, number); else wrong.push(`${number}: the frame went elsewhere`);
    frame.remove();
  }

  const waiting = pages.map((html, number) => [html, number]);
  const ten = Array.from({ length: 10 }, async () => {
    while (waiting.length) await show(...waiting.shift());
  });
  await Promise.all(ten);
  return wrong;
}
