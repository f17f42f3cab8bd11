// A person opens the page of the APIs in a real browser, reads an operation and tries it.
//
// Needs a gateway that runs (`fiorino sandbox`), Chromium, and `npm ci` in assets/.
//
//   FIORINO_URL       default http://127.0.0.1:8080
//   see strumenti.mjs for the others
import assert from "node:assert/strict";

import { apri, avvia, foto, grave, staInUnTelefono, violazioni } from "./strumenti.mjs";

const GATEWAY = process.env.FIORINO_URL ?? "http://127.0.0.1:8080";
const ATTESA_MS = 30_000;
// Defects of the page of others, which we only embed: each is looked at, and none hides a word from who reads.
const ALTRUI = new Set(process.env.AXE_ALTRUI?.split(",") ?? []);

async function accessibile(pagina, dove) {
  const trovate = await violazioni(pagina);
  for (const v of trovate) console.log(`axe ${dove}: ${v.impact} ${v.id} (${v.nodes.length}): ${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(" | ")}`);
  return trovate.filter((v) => grave(v) && !ALTRUI.has(v.id)).map((v) => v.id);
}

const browser = await avvia();
try {
  const { pagina, guasti } = await apri(browser, { viewport: { width: 1200, height: 900 } });
  pagina.setDefaultTimeout(ATTESA_MS);
  const altrove = [];
  pagina.on("request", (r) => { if (!r.url().startsWith(GATEWAY) && !r.url().startsWith("data:") && !r.url().startsWith("blob:")) altrove.push(r.url()); });

  await pagina.goto(`${GATEWAY}/documentazione/pendenze-v2`);
  assert.equal(await pagina.title(), "API Pendenze v2 di Fiorino");
  await pagina.locator("#operations-Pendenze-pendenze_v2_findPendenze").waitFor();
  await foto(pagina, "documentazione-1");
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
  await foto(pagina, "documentazione-2");

  await pagina.goto(`${GATEWAY}/documentazione`);
  await pagina.locator(".opblock").first().waitFor();
  await foto(pagina, "documentazione-3", {});
  gravi.push(...(await accessibile(pagina, "tutte")));
  await pagina.setViewportSize({ width: 360, height: 740 });
  await staInUnTelefono(pagina, "la pagina");

  assert.deepEqual(altrove, [], "nessuna richiesta a chi non e' questa istanza");
  assert.deepEqual(guasti, [], "nessun errore nella console del browser");
  assert.deepEqual([...new Set(gravi)], [], "accessibilità");
  console.log("documentazione: letta, provata, nessuna richiesta altrove");
} finally {
  await browser.close();
}
