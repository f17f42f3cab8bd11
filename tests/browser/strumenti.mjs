// What the tests in a browser have in common: Chromium, pictures, accessibility.
//
//   CHROMIUM          default /usr/bin/chromium
//   SCREENSHOT_DIR    where the pictures go; none are taken without it
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const radice = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const require = createRequire(join(radice, "assets", "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const FOTO = process.env.SCREENSHOT_DIR;

if (FOTO) mkdirSync(FOTO, { recursive: true });

export function avvia() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
}

export async function violazioni(pagina) {
  // Run in an isolated world of the page: its content security policy stays as it is.
  await pagina.evaluate(axe);
  return (await pagina.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }))).violations;
}

export const grave = (v) => v.impact === "serious" || v.impact === "critical";

export async function accessibile(pagina, dove) {
  const gravi = (await violazioni(pagina)).filter(grave);
  assert.deepEqual(gravi.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`), [], `accessibilità di ${dove}`);
}

export async function foto(pagina, nome, opzioni = { fullPage: true }) {
  if (FOTO) await pagina.screenshot({ path: join(FOTO, `${nome}.png`), ...opzioni });
}

export async function guarda(pagina, nome) {
  await accessibile(pagina, nome);
  await foto(pagina, nome);
}

// A new page, and the list where its faults are gathered.
export async function apri(browser, opzioni = {}) {
  const contesto = await browser.newContext({ locale: "it-IT", viewport: { width: 1100, height: 800 }, ...opzioni });
  const pagina = await contesto.newPage();
  const guasti = [];
  pagina.on("pageerror", (e) => guasti.push(String(e)));
  pagina.on("console", (m) => m.type() === "error" && guasti.push(m.text()));
  return { contesto, pagina, guasti };
}

// No page is wider than a phone.
export async function staInUnTelefono(pagina, dove) {
  const larghezza = await pagina.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(larghezza <= 360, `${dove} scorre di lato su un telefono: ${larghezza} pixel`);
}
