// What axe finds wrong on this page, and what it leaves to a person.
//
// Most of what it leaves is text before something it cannot see through: a gradient, a scrolled
// neighbour, a colour that the browser forces. There the contrast is measured here, against
// every colour that can lie behind the text.
async (names) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const isForced = matchMedia("(forced-colors: active)").matches;

  function rgba(color) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  }

  const over = (top, below) =>
    [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);

  function luminance(color) {
    const [red, green, blue] = color.slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  function ratio(one, other) {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  }

  // Every colour that may lie behind the content of an element; none where a picture does.
  function behind(element) {
    if (!element) return [rgba("Canvas")];
    const style = getComputedStyle(element);
    const below = behind(element.parentElement);
    const plain = below.map((one) => over(rgba(style.backgroundColor), one));
    // The browser paints a plain plate behind text when it forces colours.
    if (style.backgroundImage === "none" || isForced) return plain;
    if (style.backgroundImage.includes("url(")) return [];
    const stops = style.backgroundImage.match(/[\w-]+\([^()]*\)|transparent|#\w+/g) ?? [];
    const colors = stops.filter((one) => CSS.supports("color", one)).map(rgba);
    return plain.concat(colors.flatMap((stop) => plain.map((one) => over(stop, one))));
  }

  function isReadable(selectors) {
    const element = document.querySelector(selectors[0]);
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
    const grounds = behind(element);
    return (
      selectors.length === 1 && grounds.length > 0 &&
      grounds.every((one) => ratio(over(rgba(style.color), one), one) >= (isLarge ? 3 : 4.5))
    );
  }

  const found = await axe.run(document, { runOnly: names, resultTypes: ["violations", "incomplete"] });
  const told = (rules) => rules.flatMap((rule) => rule.nodes.map((node) => ({
    rule: rule.id,
    target: node.target,
    text: `${rule.id}: ${node.target.join(" ")}: ${node.html.slice(0, 160)}: ` +
      [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; "),
  })));
  const left = told(found.incomplete).filter(
    (one) => one.rule !== "color-contrast" || !isReadable(one.target),
  );
  // axe reads the colour that text would have, were none forced.
  const wrong = told(found.violations).filter(
    (one) => !isForced || one.rule !== "color-contrast" || !isReadable(one.target),
  );
  return { wrong, left, passed: found.passes.length };
}
