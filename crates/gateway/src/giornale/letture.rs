//! The giornale, read by the back office (spec/2 section 2.14).
//!
//! Who has the right on the giornale sees the events of its domini. Who has not sees those of a position or a payment that it may read; without such a scope it
//! sees nothing, where the original shows everything.

use codici::{IdDominio, Iuv};
use domain::Pendenza;
use domain::anagrafica::{Diritto, Servizio};
use domain::chiamante::Chiamante;
use domain::pagamento::Pagamento;
use store::elenchi::{Elenco, Pagina};
use store::eventi::{Messaggi, Ruolo};
use store::giornale::{Ambito, EventoLetto, Filtro};

use super::numero_di_richiesta;
use crate::{Errore, Gateway};

/// What is asked for, beside what is in the filter.
#[derive(Clone, Debug, Default)]
pub struct Chiesti {
    pub filtro: Filtro,
    /// Of a portal, as the APIs write it.
    pub id_pagamento: Option<String>,
    pub con_messaggi: bool,
}

/// An event, with what passed when it is asked for.
#[derive(Clone, Debug)]
pub struct Dettaglio {
    pub evento: EventoLetto,
    pub messaggi: Option<Messaggi>,
}

impl Gateway {
    pub async fn elenco_eventi(&self, chiamante: &Chiamante, chiesti: Chiesti, pagina: &Pagina) -> Result<Elenco<Dettaglio>, Errore> {
        let con_messaggi = chiesti.con_messaggi;
        let Some(filtro) = self.con_ambito(chiamante, chiesti).await? else {
            return Ok(Elenco { righe: Vec::new(), totale: pagina.conta.map(|_| 0) });
        };
        let elenco = self.store.elenco_eventi(&filtro, pagina).await?;
        let mut righe = Vec::with_capacity(elenco.righe.len());
        for evento in elenco.righe {
            let messaggi = if con_messaggi { Some(self.messaggi_evento(&evento).await?) } else { None };
            righe.push(Dettaglio { evento, messaggi });
        }
        Ok(Elenco { righe, totale: elenco.totale })
    }

    /// `None`: there is none, or it is not for the caller's eyes.
    pub async fn evento_visibile(&self, chiamante: &Chiamante, id: i64) -> Result<Option<Dettaglio>, Errore> {
        let Some(evento) = self.store.leggi_evento(id).await? else { return Ok(None) };
        let del_suo_dominio = match (&chiamante.utenza.domini, &evento.dominio) {
            (None, _) => true,
            (Some(domini), Some(d)) => domini.keys().any(|suo| suo.as_str() == d),
            (Some(_), None) => false,
        };
        let visto = del_suo_dominio && (ha_diritto(chiamante) || self.di_una_pendenza_sua(chiamante, &evento).await?);
        if !visto {
            return Ok(None);
        }
        let messaggi = Some(self.messaggi_evento(&evento).await?);
        Ok(Some(Dettaglio { evento, messaggi }))
    }

    /// What passed with an event: kept with it, or by the number of the request when a transaction wrote it.
    pub async fn messaggi_evento(&self, evento: &EventoLetto) -> Result<Messaggi, Errore> {
        let suoi = self.store.messaggi_evento(evento).await?;
        match &evento.id_transazione {
            Some(richiesta) if suoi.vuoti() && evento.ruolo == Ruolo::Server => {
                let della_richiesta = EventoLetto { id: numero_di_richiesta(richiesta), ..evento.clone() };
                Ok(self.store.messaggi_evento(&della_richiesta).await?)
            }
            _ => Ok(suoi),
        }
    }

    /// The filter with the domini of the caller and its scopes; `None`: nothing is for its eyes.
    async fn con_ambito(&self, chiamante: &Chiamante, chiesti: Chiesti) -> Result<Option<Filtro>, Errore> {
        let Chiesti { mut filtro, id_pagamento, .. } = chiesti;
        filtro.domini = chiamante.utenza.domini.as_ref().map(|d| d.keys().map(ToString::to_string).collect());
        if filtro.domini.as_ref().is_some_and(Vec::is_empty) {
            return Ok(None);
        }
        let (mut con_ambito, mut leggibile) = (false, true);
        if let (Some(id_a2a), Some(id_pendenza)) = (filtro.id_a2a.clone(), filtro.id_pendenza.clone()) {
            let trovata = self.store.pendenza(&id_a2a, &id_pendenza).await?;
            leggibile &= trovata.as_ref().is_some_and(|p| vede(chiamante, p));
            filtro.ambiti.push(Ambito::Pendenza { id_a2a, id_pendenza });
            filtro.ambiti.extend(trovata.iter().map(di_pendenza));
            // They are the scope by now: what the station knew by number alone has neither.
            (filtro.id_a2a, filtro.id_pendenza, con_ambito) = (None, None, true);
        }
        if let (Some(dominio), Some(iuv)) = (filtro.dominio.clone(), filtro.iuv.clone()) {
            let trovata = match (IdDominio::leggi(&dominio), Iuv::leggi(&iuv)) {
                (Some(d), Some(i)) => self.store.pendenza_per_iuv(&d, &i).await?,
                _ => None,
            };
            leggibile &= trovata.is_some_and(|p| vede(chiamante, &p));
            if !con_ambito {
                filtro.ambiti.push(Ambito::Iuv { dominio, iuv });
            }
            con_ambito = true;
        }
        if let Some(id) = id_pagamento {
            let Some(suoi) = self.ambiti_del_pagamento(chiamante, &id).await? else { return Ok(None) };
            if !con_ambito {
                filtro.ambiti = suoi;
            }
            con_ambito = true;
        }
        Ok((ha_diritto(chiamante) || (con_ambito && leggibile)).then_some(filtro))
    }

    /// A payment, with the positions that it pays; `None`: it is not there, or not for the caller's eyes.
    async fn ambiti_del_pagamento(&self, chiamante: &Chiamante, id: &str) -> Result<Option<Vec<Ambito>>, Errore> {
        let trovato = match self.pagamento_visibile(chiamante, id).await {
            Ok(p) => p,
            Err(Errore::Rifiuto(_)) => return Ok(None),
            Err(e) => return Err(e),
        };
        let mut ambiti = vec![Ambito::Pagamento(Pagamento::id_mostrato(&trovato))];
        ambiti.extend(self.store.pendenze_di_pagamento(trovato.id).await?.iter().map(di_pendenza));
        Ok(Some(ambiti))
    }

    async fn di_una_pendenza_sua(&self, chiamante: &Chiamante, evento: &EventoLetto) -> Result<bool, Errore> {
        let trovata = match (&evento.id_a2a, &evento.id_pendenza) {
            (Some(a2a), Some(id)) => self.store.pendenza(a2a, id).await?,
            _ => None,
        };
        Ok(trovata.is_some_and(|p| vede(chiamante, &p)))
    }
}

fn ha_diritto(chiamante: &Chiamante) -> bool {
    chiamante.puo(Servizio::GiornaleDegliEventi, Diritto::Lettura)
}

fn vede(chiamante: &Chiamante, p: &Pendenza) -> bool {
    chiamante.su_pendenza(&p.dominio, p.unita_operativa.as_deref(), &p.tipo_pendenza).is_ok()
}

fn di_pendenza(p: &Pendenza) -> Ambito {
    Ambito::Iuv { dominio: p.dominio.to_string(), iuv: p.iuv.to_string() }
}
