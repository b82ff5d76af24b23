// A real Chromium, which an npm package carries: pages are visited in it, and what a visit shows and breaks is told.
import chromium from "@sparticuz/chromium";
import axe from "axe-core";
import puppeteer from "puppeteer-core";

// One process and no GPU: it was made for machines on which nothing can be installed.
const args = await puppeteer.defaultArgs({ args: chromium.args, headless: "shell" });
const WIDTHS = { phone: { width: 320, height: 844 }, desktop: { width: 1280, height: 900 } };

export async function browsing(origin, work) {
  const browser = await puppeteer.launch({ args, executablePath: await chromium.executablePath(), headless: "shell" });
  try {
    return await work(await Tab.opened(browser, origin));
  } finally {
    await browser.close();
  }
}

class Tab {
  static async opened(browser, origin) {
    const tab = new Tab();
    tab.origin = origin;
    tab.page = await browser.newPage();
    tab.faults = [];
    tab.page.on("console", (line) => ["error", "warn"].includes(line.type()) && tab.faults.push(`console: ${line.text()}`));
    tab.page.on("pageerror", (error) => tab.faults.push(`error: ${error.message}`));
    tab.page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(`${origin}/`) && !url.startsWith("data:")) tab.faults.push(`left the origin: ${url}`);
    });
    tab.page.on("requestfailed", (request) => tab.faults.push(`failed: ${request.url()} ${request.failure()?.errorText}`));
    return tab;
  }

  async shown({ theme = "light", width = "desktop" } = {}) {
    await this.page.setViewport(WIDTHS[width]);
    await this.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
  }

  async visit(path) {
    const response = await this.page.goto(this.origin + path, { waitUntil: "load" });
    return response.status();
  }

  async settled(act) {
    await Promise.all([this.page.waitForNavigation({ waitUntil: "load" }), act()]);
  }

  // Moves by Tab alone until what is wanted has the focus; every stop on the way must be visible.
  async tabTo(selector, most = 80) {
    for (let step = 0; step < most; step++) {
      if (await this.page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
      await this.page.keyboard.press("Tab");
      const unseen = await this.page.evaluate(() => {
        const at = document.activeElement;
        if (!at || at === document.body) return null;
        const box = at.getBoundingClientRect();
        const style = getComputedStyle(at);
        return box.width > 0 && box.height > 0 && style.outlineStyle !== "none" ? null : at.outerHTML.slice(0, 120);
      });
      if (unseen) this.faults.push(`focus cannot be seen: ${unseen}`);
    }
    throw new Error(`the keyboard does not reach ${selector} on ${this.page.url()}`);
  }

  async type(selector, text) {
    await this.tabTo(selector);
    await this.page.keyboard.type(text);
  }

  async press(selector, key = "Enter") {
    await this.tabTo(selector);
    await this.settled(() => this.page.keyboard.press(key));
  }

  async text(selector) {
    return this.page.$eval(selector, (found) => found.textContent.replace(/\s+/g, " ").trim());
  }

  async violations(without = []) {
    await this.page.evaluate(axe.source);
    const found = await this.page.evaluate(async (exclude) => {
      const { violations } = await window.axe.run({ exclude }, { resultTypes: ["violations"] });
      return violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary}`).join(" | ")}`);
    }, without);
    return found;
  }

  // Whether the page is wider than the window: a reader on a phone would scroll sideways.
  async overflows() {
    return this.page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  }

  taken() {
    return this.faults.splice(0);
  }
}
