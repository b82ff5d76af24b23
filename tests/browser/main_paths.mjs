// The main path of each page by the keyboard alone, from signing in to signing out, told step by step.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { browsing } from "./browsing.mjs";

const { origin, key, folder, scripts = true } = JSON.parse(process.argv[2]);

const told = await browsing(origin, async (tab) => {
  const steps = [];
  const { keyboard } = tab.page;

  async function step(name, ...seen) {
    const wrong = [...(scripts ? await tab.violations(["#graphiql"]) : []), ...tab.taken()]; // axe-core is a script, too
    if (await tab.overflows()) wrong.push("the page is wider than its window");
    steps.push({ name, address: tab.page.url().replace(origin, ""), seen, wrong });
    mkdirSync(folder, { recursive: true });
    await tab.page.screenshot({ path: join(folder, `${steps.length}-${name}.png`) });
  }

  await tab.shown();
  await tab.page.setJavaScriptEnabled(scripts);
  await tab.visit("/console?serial=FAX-2");
  await step("sign-in", await tab.text("h1"));

  await keyboard.type(key);
  await tab.settled(() => keyboard.press("Enter"));
  await step("desk-no", await tab.text(".verdict strong"), await tab.text(".reason code"));

  await tab.tabTo(".reason .clause summary");
  await keyboard.press("Enter");
  const clause = await tab.text(".reason .clause[open] summary");
  await tab.type("#ticket", "T-42");
  await tab.settled(() => keyboard.press("Enter"));
  await step("record", clause, await tab.text("main dl"));

  await tab.press('nav a[href="/console"]');
  if (scripts) {
    await keyboard.press("Escape");
    await tab.page.evaluate(() => document.activeElement.blur());
    await keyboard.press("/");
    await keyboard.type("FAX-1");
  } else {
    await tab.type("#serial", "FAX-1");
  }
  await tab.settled(() => keyboard.press("Enter"));
  await step("desk-yes", await tab.text(".verdict strong"), await tab.text(".clock dd time"), (await tab.text(".clock .local")).length > 0);

  await tab.press('article a[href="/console/licenses/FAX-1"]');
  await step("licence", await tab.text("h1"), await tab.text("tr.covered"));

  await tab.press('nav a[href="/console/portfolio"]');
  await tab.press('tbody a[href*="group="]');
  await step("portfolio", await tab.text("h2#rows"), await tab.text("section tbody th"));

  await tab.press('nav a[href="/console/webhooks"]');
  await tab.type("#url", "ftp://hooks.example.com/a");
  await tab.settled(() => keyboard.press("Enter"));
  tab.faults = tab.faults.filter((one) => !one.includes("status of 422")); // as it should be
  await step("webhook-refused", await tab.text("[role=alert]"));
  await tab.tabTo("#url");
  await keyboard.type("https://hooks.example.com/a");
  await tab.settled(() => keyboard.press("Enter"));
  await step("webhook-secret", await tab.text("#secret"));
  await tab.press('main a[href^="/console/webhooks/"]');
  await tab.press('button[name="enabled"]');
  await step("webhook", await tab.text(".lead"), await tab.text("dl .badge"));

  await tab.press('nav a[href="/console/guide"]');
  await tab.press('a[href="/console/guide/conflicts"]');
  await step("guide", await tab.text("h2#part"));

  await tab.press('nav a[href="/console"]');
  await tab.press('footer a[lang="ar"]');
  await step("arabic", await tab.page.$eval("html", (html) => html.dir), await tab.text("h1"));
  await tab.press('footer a[lang="en"]');

  await tab.press(".who button");
  await step("signed-out", await tab.text("h1"));
  return steps;
});
console.log(JSON.stringify(told));
