// GraphiQL: an example is chosen, asked and answered, with nothing loaded from elsewhere.
import { browsing } from "./browsing.mjs";

const { origin } = JSON.parse(process.argv[2]);

const told = await browsing(origin, async (tab) => {
  await tab.shown();
  await tab.visit("/console/graphiql");
  await tab.page.select("#example", "plans");
  await tab.page.waitForSelector(".graphiql-execute-button");
  await tab.page.click(".graphiql-execute-button");
  await tab.page.waitForFunction(() => document.querySelector(".result-window")?.textContent.includes("BASIC"));
  return { answer: await tab.text(".result-window"), wrong: [...(await tab.violations(["#graphiql"])), ...tab.taken()] };
});
console.log(JSON.stringify(told));
