// Instants in the zone of who reads. A visitor's page is the same for everyone, so it comes in
// the portal's zone; members have chosen theirs, and their pages come in it.
const { lang } = document.documentElement;
const exact = new Intl.DateTimeFormat(lang, { dateStyle: "long", timeStyle: "long" });

export function tell(zone) {
  const theirs = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeZone: zone });
  const ours = new Intl.DateTimeFormat(lang, { dateStyle: "medium" });
  // Whatever has no time of day is a calendar's day, which is the same in every zone.
  for (const time of document.querySelectorAll('time[datetime*="T"]')) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    if (time.title) time.title = exact.format(at);
    // "2 days ago" is true everywhere; a date may be another one.
    const isDate = /\d{4}/.test(time.textContent);
    if (isDate && ours.format(at) !== theirs.format(at)) time.textContent = ours.format(at);
  }
}
