export default {
  root: true,
  extends: ["html-validate:standard", "html-validate:a11y", "html-validate:document"],
  rules: {
    // A button without a type submits its form, which is what it is for.
    "no-implicit-button-type": "off",
    // What comes from the portal itself needs no proof that it is the same.
    "require-sri": ["error", { target: "crossorigin" }],
  },
};
