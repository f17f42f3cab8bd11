// Both parts are extras: without them the pages work with a link more.
"use strict";

// The state of a payment refreshes itself until the receipt has reached the ente.
const stato = document.querySelector("[data-segui]");
if (stato) {
  const indirizzo = stato.dataset.segui;
  const chiedi = async () => {
    try {
      const risposta = await fetch(indirizzo, { headers: { Accept: "text/html" } });
      if (risposta.ok) {
        const testo = await risposta.text();
        // Written only when it changes, so that a screen reader is not told the same thing again.
        if (testo !== stato.dataset.ultimo) {
          stato.dataset.ultimo = testo;
          stato.innerHTML = testo;
        }
        if (stato.querySelector("[data-concluso]")) return;
      }
    } catch { /* the simulator may be restarting: ask again */ }
    setTimeout(chiedi, 700);
  };
  setTimeout(chiedi, 300);
}

// The camera reads the QR code where the browser knows how to.
const scansione = document.querySelector("#scansione");
if (scansione && "BarcodeDetector" in window && navigator.mediaDevices) {
  const bottone = scansione.querySelector("button");
  const video = scansione.querySelector("video");
  const campo = document.querySelector("#avviso");
  const esito = scansione.querySelector("[role=status]");
  let flusso = null;
  const ferma = () => {
    flusso?.getTracks().forEach((t) => t.stop());
    flusso = null;
    video.hidden = true;
    bottone.textContent = "Inquadra il codice QR";
  };
  scansione.hidden = false;
  bottone.addEventListener("click", async () => {
    if (flusso) return ferma();
    try {
      flusso = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      esito.textContent = "La fotocamera non è disponibile: incolla il testo del codice QR.";
      return;
    }
    video.srcObject = flusso;
    video.hidden = false;
    bottone.textContent = "Ferma la fotocamera";
    await video.play();
    const lettore = new BarcodeDetector({ formats: ["qr_code"] });
    while (flusso) {
      const codici = await lettore.detect(video).catch(() => []);
      const trovato = codici.find((c) => c.rawValue.startsWith("PAGOPA|"));
      if (trovato) {
        campo.value = trovato.rawValue;
        esito.textContent = "Codice letto.";
        ferma();
        campo.form.requestSubmit();
        return;
      }
      await new Promise((fatto) => setTimeout(fatto, 200));
    }
  });
}
