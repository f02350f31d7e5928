// What script adds to pages that work without it. Each part is fetched only where it has work.
import { forgetSent } from "./unsent.js";

const writing = document.querySelector("form[data-idea-form]");
if (writing) import("./writing.js").then(({ help }) => help(writing));
else if (/^\/ideas\/\d+-/.test(location.pathname)) forgetSent();

if (document.querySelector("form.vote-form")) import("./vote.js");
