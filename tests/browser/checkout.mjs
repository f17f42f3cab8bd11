// A portal starts a payment, a person ends it in a real browser on the simulated page of pagoPA: paid, broken, given up.
//
// Needs a gateway and a simulator that run (`fiorino sandbox`), Chromium, and `npm ci` in assets/.
//
//   FIORINO_URL       default http://127.0.0.1:8080
//   see strumenti.mjs for the others
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { randomUUID } from "node:crypto";

import { accessibile, apri, avvia, foto, guarda, staInUnTelefono } from "./strumenti.mjs";

const GATEWAY = process.env.FIORINO_URL ?? "http://127.0.0.1:8080";
const ATTESA_MS = 20_000;
const DOMINIO = "12345678901";
const CREDENZIALI = `Basic ${Buffer.from("DEMO:Password1!").toString("base64")}`;

const nuovoId = () => randomUUID().replaceAll("-", "").slice(0, 20);

async function chiama(metodo, percorso, corpo) {
  const risposta = await fetch(`${GATEWAY}${percorso}`, {
    method: metodo,
    headers: { "Content-Type": "application/json", Accept: "application/json", Authorization: CREDENZIALI },
    body: corpo && JSON.stringify(corpo),
  });
  const testo = await risposta.text();
  assert.ok(risposta.ok, `${metodo} ${percorso}: HTTP ${risposta.status} ${testo}`);
  return JSON.parse(testo);
}

// The portal where the browser comes back: it tells what it was told.
async function apriPortale() {
  const portale = createServer((richiesta, risposta) => {
    const esito = new URL(richiesta.url, "http://portale").searchParams.get("esito");
    risposta.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
    risposta.end(`<!doctype html><html lang="it"><head><title>Portale</title><link rel="icon" href="data:,"></head><body><main><h1>Esito ${esito}</h1></main></body></html>`);
  });
  await new Promise((pronto) => portale.listen(0, "127.0.0.1", pronto));
  return { portale, ritorno: `http://127.0.0.1:${portale.address().port}/ritorno?pratica=7` };
}

function pendenza(id, causale, importo) {
  return {
    idA2A: "DEMO", idPendenza: id, idDominio: DOMINIO, idTipoPendenza: "LIBERO", causale, importo,
    soggettoPagatore: { tipo: "F", identificativo: "RSSMRA30A01H501I", anagrafica: "Mario Rossi", email: "mario.rossi@example.org" },
    voci: [{ idVocePendenza: "1", importo, descrizione: causale, codEntrata: "LIBERO" }],
  };
}

async function avviaPagamento(ritorno) {
  const ids = [nuovoId(), nuovoId()];
  const pendenze = [pendenza(ids[0], "Mensa scolastica di novembre", 45.5), pendenza(ids[1], "Diritti di segreteria per la pratica edilizia numero 1234 del 2026", 1250)];
  const creato = await chiama("POST", "/govpay/frontend/api/pagamento/rs/basic/v2/pagamenti", { urlRitorno: ritorno, pendenze });
  assert.match(creato.redirect, /\/checkout\/[0-9a-f]{32}$/, "si va alla pagina di pagoPA");
  return { ids, pagina: creato.redirect };
}

const stato = async (id) => (await chiama("GET", `/govpay/backend/api/pendenze/rs/basic/v2/pendenze/DEMO/${id}`)).stato;

async function finisce(pagina, ritorno, bottone, esito, atteso) {
  const { ids, pagina: indirizzo } = await avviaPagamento(ritorno);
  await pagina.goto(indirizzo);
  await pagina.getByRole("heading", { level: 1 }).waitFor();
  assert.match(await pagina.locator("#importo").innerText(), /^1\.?295,50\s€$/);
  assert.equal(await pagina.locator("tbody tr").count(), 2);
  await guarda(pagina, `checkout-${esito.toLowerCase()}`);
  // From the keyboard alone.
  const scelta = pagina.getByRole("button", { name: bottone });
  await scelta.focus();
  await pagina.keyboard.press("Enter");
  await pagina.getByRole("heading", { level: 1, name: `Esito ${esito}` }).waitFor();
  assert.ok(pagina.url().startsWith(`${ritorno}&esito=${esito}`), pagina.url());
  for (const id of ids) assert.equal(await stato(id), atteso, `dopo ${esito}`);
  return ids;
}

async function colTelefonoDiNotte(browser, ritorno) {
  const { contesto, pagina } = await apri(browser, { javaScriptEnabled: true, colorScheme: "dark", viewport: { width: 360, height: 740 } });
  await pagina.goto((await avviaPagamento(ritorno)).pagina);
  await accessibile(pagina, "Checkout su un telefono, di notte");
  await foto(pagina, "checkout-telefono-notte");
  await staInUnTelefono(pagina, "Checkout");
  await contesto.close();
}

const { portale, ritorno } = await apriPortale();
const browser = await avvia();
try {
  const { pagina, guasti } = await apri(browser);
  pagina.setDefaultTimeout(ATTESA_MS);
  await finisce(pagina, ritorno, /^Paga/, "OK", "ESEGUITA");
  await finisce(pagina, ritorno, "Finisci con un errore", "ERROR", "NON_ESEGUITA");
  await finisce(pagina, ritorno, "Annulla", "CANCEL", "NON_ESEGUITA");
  await colTelefonoDiNotte(browser, ritorno);
  assert.deepEqual(guasti, [], "nessun errore nella console del browser");
  console.log("checkout: pagato, fallito e annullato, ogni volta di ritorno al portale");
} finally {
  await browser.close();
  portale.close();
}
