//! All that is still to be paid of a documento, in one PDF (spec/1 sections 9.8 and 12, spec/3 section 7.1).

use codici::{IdDominio, NumeroAvviso};
use domain::Rifiuto;
use domain::anagrafica::creditore::immagine_logo;
use domain::lettura::avviso::LinguaSecondaria;
use domain::pendenza::{Documento, Pendenza};
use stampe::{AVVISI_PER_DOCUMENTO, Avviso, Parte};

use crate::{Errore, Gateway};

impl Gateway {
    /// The documento of an applicazione; `None`: it has none with this number.
    pub async fn documento(&self, dominio: &IdDominio, id_a2a: &str, identificativo: &str) -> Result<Option<Documento>, Errore> {
        Ok(self.store.documento(dominio, id_a2a, identificativo).await?)
    }

    /// What is still to be paid of a documento; `numeri`: only these parts, none is all of them.
    pub async fn da_stampare(&self, dominio: &IdDominio, documento: &Documento, numeri: &[NumeroAvviso]) -> Result<Vec<Pendenza>, Errore> {
        // One more than a print can hold is enough to refuse.
        let quante = AVVISI_PER_DOCUMENTO as u64 + 1;
        let mut parti = self.store.da_pagare_del_documento(dominio, documento, quante).await?;
        parti.retain(|p| numeri.is_empty() || numeri.contains(&p.numero_avviso));
        Ok(parti)
    }

    /// `numeri`: only these parts; none is all of them. Expired parts are printed, paid and cancelled ones are not.
    pub async fn stampa_documento(
        &self,
        dominio: &IdDominio,
        id_a2a: &str,
        documento: &Documento,
        numeri: &[NumeroAvviso],
        lingua: Option<LinguaSecondaria>,
    ) -> Result<Vec<u8>, Errore> {
        let parti = self.da_stampare(dominio, documento, numeri).await?;
        stampabili(&parti, id_a2a, documento, numeri)?;

        let anagrafica = self.istantanea.attuale();
        let Some(del_dominio) = anagrafica.dominio(dominio) else {
            return Err(Errore::Configurazione(format!("il dominio {dominio} non e' piu' censito")));
        };
        let logo = self.store.logo(dominio).await?.as_deref().and_then(immagine_logo);
        let mut avvisi: Vec<Avviso> = parti.iter().map(|p| self.dati_avviso(p, del_dominio, &anagrafica, None, lingua)).collect();
        avvisi.sort_by_key(|a| a.rata.posto());
        let dati = unisci(avvisi, documento.descrizione.clone(), logo)?;
        let creato = self.adesso();
        let pdf = tokio::task::spawn_blocking(move || stampe::documento(&dati, creato)).await;
        Ok(pdf.map_err(|e| Errore::Configurazione(format!("stampa interrotta: {e}")))??)
    }
}

fn stampabili(parti: &[Pendenza], id_a2a: &str, documento: &Documento, numeri: &[NumeroAvviso]) -> Result<(), Rifiuto> {
    let quale = format!("[IDA2A: {id_a2a} | CodDocumento: {}]", documento.identificativo);
    if parti.iter().any(Pendenza::con_bollo) {
        return Err(Rifiuto::Semantica("Stampa Documento non disponibile: sono presenti dei pagamenti di Marca da Bollo".to_owned()));
    }
    if parti.len() > AVVISI_PER_DOCUMENTO {
        return Err(Rifiuto::Semantica(format!("Stampa Documento non disponibile: il documento {quale} ha piu' di {AVVISI_PER_DOCUMENTO} pendenze.")));
    }
    if !parti.is_empty() {
        return Ok(());
    }
    if numeri.is_empty() {
        return Err(Rifiuto::Semantica(format!("Non sono state trovate pendenze da includere nella stampa del documento {quale}.")));
    }
    let numeri = numeri.iter().map(NumeroAvviso::as_str).collect::<Vec<_>>().join(", ");
    Err(Rifiuto::Semantica(format!(
        "I numeri avviso indicati [{numeri}] non individuano alcuna pendenza valida da includere nella stampa del documento {quale}."
    )))
}

/// What is common is that of the first part in the order of printing; the rest is each part's own.
fn unisci(avvisi: Vec<Avviso>, oggetto: String, logo: Option<Vec<u8>>) -> Result<stampe::Documento, Errore> {
    let Some(primo) = avvisi.first().cloned() else {
        return Err(Errore::Configurazione("un documento senza parti non si stampa".to_owned()));
    };
    let parte = |a: Avviso| Parte { importo: a.importo, numero_avviso: a.numero_avviso, entro_il: a.entro_il, rata: a.rata, bollettino: a.bollettino };
    Ok(stampe::Documento {
        ente: stampe::Ente { logo, ..primo.ente },
        debitore: primo.debitore,
        oggetto,
        informativa_importo: primo.informativa_importo,
        seconda_lingua: primo.seconda_lingua.map(|l| stampe::SecondaLingua { oggetto: None, ..l }),
        parti: avvisi.into_iter().map(parte).collect(),
    })
}
