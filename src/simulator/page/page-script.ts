/** Reloads the live part after an event, and submits forms without leaving the page. */
export const PAGE_SCRIPT = `
const said = document.getElementById("said");
let drawing = false, again = false;
async function refresh() {
  again = true;
  if (drawing) return;
  drawing = true;
  try {
    while (again) {
      again = false;
      const answer = await fetch("/live");
      if (answer.ok) draw(await answer.text());
    }
  } catch {} finally { drawing = false; }
}
function draw(html) {
  const summary = (one) => one.firstElementChild.textContent.trim();
  const open = new Map([...document.querySelectorAll("details")].map((one) => [summary(one), one.open]));
  const drawn = document.createElement("template");
  drawn.innerHTML = html;
  for (const one of drawn.content.querySelectorAll("details")) one.open = open.get(summary(one)) ?? one.open;
  for (const one of drawn.content.querySelectorAll(".live")) document.getElementById(one.id)?.replaceWith(one);
}
const events = new EventSource("/events");
events.onmessage = () => { said.textContent = ""; refresh(); };
events.onerror = () => { said.textContent = "The simulation has ended."; };
for (const form of document.forms) form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter;
  const answer = await fetch("/act", { method: "POST", body: new URLSearchParams(new FormData(form, button)) }).catch(() => undefined);
  said.textContent = answer === undefined ? "The simulation has ended." : answer.ok ? "" : await answer.text();
  if (answer?.ok && button.value === "comment") form.elements.text.value = "";
  refresh();
});
`;

/** Highlights the lines of the address and scrolls to them. */
export const FILE_SCRIPT = `
const [, from, to = from] = /^#L(\\d+)(?:-L(\\d+))?$/.exec(location.hash) ?? [];
for (let line = Number(from); line <= Number(to) && line < Number(from) + 5000; line++) document.getElementById("L" + line)?.classList.add("meant");
document.getElementById("L" + from)?.scrollIntoView({ block: "center" });
`;
