// What script adds to pages that work without it. Each part is fetched only where it has work.
import "./keys.js";
import "./offline.js";
import { forgetSent } from "./unsent.js";

const { zone } = document.documentElement.dataset;
if (zone && zone !== Intl.DateTimeFormat().resolvedOptions().timeZone) {
  import("./times.js").then(({ tell }) => tell(zone));
}

const writing = document.querySelector("form[data-idea-form]");
if (writing) import("./writing.js").then(({ help }) => help(writing));
else if (/^\/ideas\/\d+-/.test(location.pathname)) forgetSent();

// The page may have put the focus there before this ran.
const suggest = ({ target }) =>
  target.matches?.("[role=search] input[type=search]") &&
  import("./suggest.js").then(({ help }) => help(target));
addEventListener("focusin", suggest);
suggest({ target: document.activeElement ?? document.body });

const news = document.querySelector("[data-news]");
if (news) import("./news.js").then(({ follow }) => follow(news.dataset.news));

if (document.querySelector("[data-like]")) import("./like.js");

if (document.querySelector("form.vote-form")) import("./vote.js");
