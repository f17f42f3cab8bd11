// A person opens the page of the APIs in a real browser, reads an operation and tries it.
//
// Needs a gateway that runs (`fiorino sandbox`), Chromium, and `npm ci` in assets/.
//
//   FIORINO_URL       default http://127.0.0.1:8080
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

const GATEWAY = process.env.FIORINO_URL ?? "http://127.0.0.1:8080";
const FOTO = process.env.SCREENSHOT_DIR;
const ATTESA_MS = 30_000;
// Defects of the page of others, which we only embed: each is looked at, and none hides a word from who reads.
const ALTRUI = new Set(process.env.AXE_ALTRUI?.split(",") ?? []);

if (FOTO) mkdirSync(FOTO, { recursive: true });

async function accessibile(pagina, dove) {
  await pagina.evaluate(axe);
  const { violations } = await pagina.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  for (const v of violations) console.log(`axe ${dove}: ${v.impact} ${v.id} (${v.nodes.length}): ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(" | ")}`);
  const gravi = violations.filter((v) => (v.impact === "serious" || v.impact === "critical") && !ALTRUI.has(v.id));
  return gravi.map((v) => v.id);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});
try {
  const contesto = await browser.newContext({ locale: "it-IT", viewport: { width: 1200, height: 900 } });
  const pagina = await contesto.newPage();
  pagina.setDefaultTimeout(ATTESA_MS);
  const guasti = [];
  const altrove = [];
  pagina.on("pageerror", (e) => guasti.push(String(e)));
  pagina.on("console", (m) => m.type() === "error" && guasti.push(m.text()));
  pagina.on("request", (r) => { if (!r.url().startsWith(GATEWAY) && !r.url().startsWith("data:") && !r.url().startsWith("blob:")) altrove.push(r.url()); });

  await pagina.goto(`${GATEWAY}/documentazione/pendenze-v2`);
  assert.equal(await pagina.title(), "API Pendenze v2 di Fiorino");
  await pagina.locator("#operations-Pendenze-pendenze_v2_findPendenze").waitFor();
  if (FOTO) await pagina.screenshot({ path: join(FOTO, "documentazione-1.png"), fullPage: true });
  const gravi = await accessibile(pagina, "pendenze-v2");

  // Authorise, open an operation, try it.
  await pagina.locator(".auth-wrapper .authorize").first().click();
  await pagina.locator(".modal-ux input[type=text]").first().fill("DEMO");
  await pagina.locator(".modal-ux input[type=password]").first().fill("Password1!");
  await pagina.locator(".modal-ux .auth-btn-wrapper .authorize").first().click();
  await pagina.locator(".modal-ux .btn-done").first().click();
  const operazione = pagina.locator("#operations-Pendenze-pendenze_v2_findPendenze");
  await operazione.locator(".opblock-summary-control").click();
  await operazione.locator(".try-out__btn").click();
  await operazione.locator(".execute").click();
  await operazione.locator(".live-responses-table .response-col_status").first().waitFor();
  assert.match(await operazione.locator(".live-responses-table .response-col_status").nth(1).innerText(), /^200/);
  if (FOTO) await pagina.screenshot({ path: join(FOTO, "documentazione-2.png"), fullPage: true });

  await pagina.goto(`${GATEWAY}/documentazione`);
  await pagina.locator(".opblock").first().waitFor();
  if (FOTO) await pagina.screenshot({ path: join(FOTO, "documentazione-3.png") });
  gravi.push(...(await accessibile(pagina, "tutte")));
  await pagina.setViewportSize({ width: 360, height: 740 });
  const larghezza = await pagina.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(larghezza <= 360, `la pagina scorre di lato su un telefono: ${larghezza} pixel`);

  assert.deepEqual(altrove, [], "nessuna richiesta a chi non e' questa istanza");
  assert.deepEqual(guasti, [], "nessun errore nella console del browser");
  assert.deepEqual([...new Set(gravi)], [], "accessibilità");
  console.log("documentazione: letta, provata, nessuna richiesta altrove");
} finally {
  await browser.close();
}
