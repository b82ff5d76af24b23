// Pages in each of some languages, themes and widths: what is broken on each, and a picture of it where one is wanted.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { browsing } from "./browsing.mjs";

const { origin, key, pages, looks, folder } = JSON.parse(process.argv[2]);

const told = await browsing(origin, async (tab) => {
  const found = [];
  await tab.shown();
  if (key) {
    await tab.visit("/console/sign-in");
    await tab.page.type("#credential", key);
    await tab.settled(() => tab.page.keyboard.press("Enter"));
    tab.taken();
  }
  for (const { language, theme, width } of looks) {
    await tab.shown({ theme, width });
    await tab.visit(`/console/language?to=${language}&next=/console/guide`);
    for (const { name, path, without } of pages) {
      const status = await tab.visit(path);
      await tab.page.waitForNetworkIdle({ idleTime: 50 });
      const [lang, dir] = await tab.page.$eval("html", (html) => [html.lang, html.dir]);
      const wrong = [...(await tab.violations(without)), ...tab.taken()];
      if (await tab.overflows()) wrong.push("the page is wider than its window");
      found.push({ name, language, theme, width, status, lang, dir, wrong });
      if (folder) {
        mkdirSync(folder, { recursive: true });
        await tab.page.screenshot({ path: join(folder, `${name}-${language}-${theme}-${width}.png`) });
      }
    }
  }
  return found;
});
console.log(JSON.stringify(told));
