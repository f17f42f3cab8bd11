// A person pays a notice in a real browser, from the page of the simulated PSP to the receipt in the hands of the simulated ente.
//
// Needs a gateway and a simulator that run (`fiorino sandbox`), Chromium, and `npm ci` in assets/.
//
//   FIORINO_URL       default http://127.0.0.1:8080; empty: no gateway, the avviso is AVVISO or one made up (see crates/simulator/examples/da_solo.rs)
//   SIMULATORE_URL    default http://127.0.0.1:8180
//   see strumenti.mjs for the others
import assert from "node:assert/strict";
import { randomInt, randomUUID } from "node:crypto";

import { accessibile, apri, avvia, foto, guarda, staInUnTelefono } from "./strumenti.mjs";

const GATEWAY = process.env.FIORINO_URL ?? "http://127.0.0.1:8080";
const SIMULATORE = process.env.SIMULATORE_URL ?? "http://127.0.0.1:8180";
const ATTESA_MS = 20_000;
const DOMINIO = "12345678901";
const IMPORTO = 120.5;
const CAUSALE = "Tassa sui rifiuti 2026";

// 18 digits: aux digit 3, segregation code 01, 13 digits, 2 check digits (the remainder of the rest divided by 93).
function nuovoAvviso() {
  const base = `301${String(randomInt(1, 9_999_999)).padStart(13, "0")}`;
  return base + String(BigInt(base) % 93n).padStart(2, "0");
}

async function caricaPendenza() {
  const avviso = process.env.AVVISO ?? nuovoAvviso();
  if (!GATEWAY) return { avviso };
  const id = randomUUID().replaceAll("-", "").slice(0, 20);
  const risposta = await fetch(`${GATEWAY}/govpay/backend/api/pendenze/rs/basic/v2/pendenze/DEMO/${id}`, {
    method: "PUT",
    headers: { "Content-Type": "application/json", Authorization: `Basic ${Buffer.from("DEMO:Password1!").toString("base64")}` },
    body: JSON.stringify({
      idTipoPendenza: "LIBERO",
      idDominio: DOMINIO,
      causale: CAUSALE,
      soggettoPagatore: { tipo: "F", identificativo: "RSSMRA30A01H501I", anagrafica: "Mario Rossi", email: "mario.rossi@example.org" },
      importo: IMPORTO,
      dataScadenza: "2999-12-31",
      annoRiferimento: 2026,
      voci: [
        {
          idVocePendenza: "1",
          importo: IMPORTO,
          descrizione: CAUSALE,
          codEntrata: "LIBERO",
        },
      ],
    }),
  });
  const testo = await risposta.text();
  assert.ok(risposta.ok, `caricamento della pendenza: HTTP ${risposta.status} ${testo}`);
  const caricata = JSON.parse(testo);
  assert.match(caricata.numeroAvviso ?? "", /^\d{18}$/, "la pendenza caricata ha un numero avviso");
  return { avviso: caricata.numeroAvviso };
}

async function paga(pagina, avviso) {
  await pagina.goto(SIMULATORE);
  await guarda(pagina, "1-psp");
  await pagina.getByLabel("Codice avviso").fill(avviso.replace(/(.{4})/g, "$1 "));
  await pagina.getByLabel("Codice fiscale dell'ente creditore").fill(DOMINIO);
  await pagina.getByRole("button", { name: "Cerca l'avviso" }).click();

  await pagina.getByRole("heading", { level: 1, name: "Avviso da pagare" }).waitFor();
  assert.match(await pagina.locator("#importo").innerText(), /^120,50\s€$/);
  assert.equal(await pagina.locator("#causale").innerText(), CAUSALE);
  assert.ok((await pagina.locator("#ente").innerText()).trim().length > 0, "l'ente ha un nome");
  assert.equal((await pagina.locator("#codice-avviso").innerText()).replaceAll(" ", ""), avviso);
  await guarda(pagina, "2-avviso");

  await pagina.getByRole("button", { name: /^Paga/ }).click();
  await pagina.getByRole("heading", { level: 1, name: "Pagamento eseguito" }).waitFor();
  await pagina.getByText("Fatto: la ricevuta è arrivata all'ente creditore").waitFor({ timeout: ATTESA_MS });
  await guarda(pagina, "3-pagato");
  return (await pagina.locator("#token").innerText()).trim();
}

async function leggiMessaggi(pagina, token) {
  await pagina.getByRole("link", { name: /uno per uno/ }).click();
  await pagina.getByRole("heading", { level: 1, name: "Messaggi scambiati" }).waitFor();
  const operazioni = await pagina.locator("tbody tr td:nth-child(2)").allInnerTexts();
  for (const attesa of ["paVerifyPaymentNotice", "paGetPaymentV2", "paSendRTV2"]) assert.ok(operazioni.includes(attesa), `${attesa} tra ${operazioni}`);
  assert.ok(operazioni.some((o) => o.startsWith("notif")), `una notifica all'ente tra ${operazioni}`);
  await guarda(pagina, "4-messaggi");
  await pagina.getByRole("link", { name: "paSendRTV2" }).first().click();
  const richiesta = await pagina.locator("pre").first().innerText();
  assert.ok(richiesta.includes(`<receiptId>${token}</receiptId>`) && richiesta.includes("\n  "), "la ricevuta si legge, indentata");
  await guarda(pagina, "5-messaggio");
}

async function altrePagine(pagina) {
  await pagina.goto(`${SIMULATORE}/ente`);
  assert.ok((await pagina.locator("tbody tr").count()) > 0, "l'ente ha ricevuto qualcosa");
  await guarda(pagina, "6-ente");
  await pagina.goto(`${SIMULATORE}/comportamento`);
  await guarda(pagina, "7-comportamento");
  await pagina.goto(SIMULATORE);
  await pagina.getByLabel("Codice avviso").fill(`PAGOPA|002|301999999999999999|${DOMINIO}|1000`);
  await pagina.keyboard.press("Enter");
  await pagina.getByRole("heading", { level: 1, name: "Avviso non pagabile" }).waitFor();
  assert.equal(await pagina.locator("#codice").innerText(), "PAA_PAGAMENTO_SCONOSCIUTO");
  await guarda(pagina, "8-rifiuto");
}

async function senzaScript(browser, avviso) {
  const { contesto, pagina } = await apri(browser, { javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
  await pagina.goto(SIMULATORE);
  await pagina.getByLabel("Codice avviso").fill(avviso);
  await pagina.getByRole("button", { name: "Cerca l'avviso" }).click();
  await pagina.getByRole("button", { name: /^Paga/ }).click();
  const fine = Date.now() + ATTESA_MS;
  const fatto = pagina.getByText("Fatto: la ricevuta è arrivata all'ente creditore");
  while ((await fatto.count()) === 0 && Date.now() < fine) {
    const aggiorna = pagina.getByRole("link", { name: "Aggiorna lo stato" });
    if ((await aggiorna.count()) > 0) await aggiorna.click();
    else await pagina.reload();
  }
  assert.equal(await fatto.count(), 1, "anche senza script si vede la ricevuta arrivare");
  await foto(pagina, "9-telefono-senza-script");
  for (const percorso of [new URL(pagina.url()).pathname, "/", "/messaggi", "/ente", "/comportamento"]) {
    await pagina.goto(SIMULATORE + percorso);
    await staInUnTelefono(pagina, percorso);
  }
  await contesto.close();
}

const browser = await avvia();
try {
  const { pagina, guasti } = await apri(browser);
  pagina.setDefaultTimeout(ATTESA_MS);
  const { avviso } = await caricaPendenza();
  const token = await paga(pagina, avviso);
  await leggiMessaggi(pagina, token);
  await altrePagine(pagina);
  const { pagina: notte } = await apri(browser, { colorScheme: "dark" });
  for (const percorso of ["/", `/pagamenti/${token}`, "/messaggi", "/comportamento"]) {
    await notte.goto(SIMULATORE + percorso);
    await accessibile(notte, `${percorso} di notte`);
  }
  await notte.goto(`${SIMULATORE}/pagamenti/${token}`);
  await foto(notte, "10-notte");
  await senzaScript(browser, (await caricaPendenza()).avviso);
  assert.deepEqual(guasti, [], "nessun errore nella console del browser");
  console.log(`simulatore: pagato l'avviso ${avviso}, ricevuta ${token} arrivata all'ente`);
} finally {
  await browser.close();
}
