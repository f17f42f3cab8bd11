// Mostra il documento che la pagina nomina. Nessuna richiesta esce da questa istanza.
"use strict";
const dove = document.getElementById("api");

// Le scelte degli indirizzi arrivano senza un nome che si possa ascoltare.
function nomina() {
  for (const scelta of dove.querySelectorAll("select:not([aria-label])")) {
    scelta.setAttribute("aria-label", scelta.dataset.variable ?? (scelta.id === "servers" ? "Indirizzo" : "Scelta"));
  }
}

SwaggerUIBundle({
  url: dove.dataset.documento,
  domNode: dove,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "list",
  filter: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null,
  onComplete: nomina,
});
new MutationObserver(nomina).observe(dove, { childList: true, subtree: true });
