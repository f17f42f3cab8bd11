//! When the debtor is to be written to: what the position says, else what its tipo pendenza says (spec/1 section 8.3, "New").

use chrono::{Days, NaiveDate};

use super::NuovaPendenza;
use crate::anagrafica::Configurazione;
use crate::anagrafica::tipo_pendenza::{AvvisaturaTipo, BlocchiTipo, Promemoria};

/// Dates of the messages, and whether each was sent. `None` in a flag means: not armed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Avvisatura {
    /// Of the avviso, by mail and by App IO together.
    pub data_notifica_avviso: Option<NaiveDate>,
    pub avviso_notificato: Option<bool>,
    /// Of the reminder by mail.
    pub data_promemoria_scadenza: Option<NaiveDate>,
    pub promemoria_scadenza_notificato: Option<bool>,
    /// Of the reminder by App IO, which has days of notice of its own.
    pub data_promemoria_app_io: Option<NaiveDate>,
    pub promemoria_app_io_notificato: Option<bool>,
}

impl Avvisatura {
    /// Every message that has a date is to be sent.
    #[must_use]
    pub fn armata(data_notifica_avviso: Option<NaiveDate>, data_promemoria_scadenza: Option<NaiveDate>, data_promemoria_app_io: Option<NaiveDate>) -> Self {
        let mut avvisatura = Self { data_notifica_avviso, data_promemoria_scadenza, data_promemoria_app_io, ..Self::default() };
        avvisatura.arma();
        avvisatura
    }

    pub fn arma(&mut self) {
        self.avviso_notificato = self.data_notifica_avviso.map(|_| false);
        self.promemoria_scadenza_notificato = self.data_promemoria_scadenza.map(|_| false);
        self.promemoria_app_io_notificato = self.data_promemoria_app_io.map(|_| false);
    }

    /// Nothing more is to be sent: the position is cancelled or paid.
    pub fn disarma(&mut self) {
        self.avviso_notificato = None;
        self.promemoria_scadenza_notificato = None;
        self.promemoria_app_io_notificato = None;
    }
}

/// What a tipo pendenza of a dominio sends by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preavvisi {
    pub avviso: bool,
    /// Days before the expiry; `None`: no reminder by this channel.
    pub scadenza_mail: Option<u32>,
    pub scadenza_app_io: Option<u32>,
}

impl Preavvisi {
    /// The dominio's word first, attribute by attribute (spec/1 section 15); days that nobody tells are those of the configuration.
    #[must_use]
    pub fn di(dominio: &BlocchiTipo, catalogo: &BlocchiTipo, configurazione: &Configurazione) -> Self {
        let (mail, mail_catalogo) = (dominio.avvisatura_mail.as_ref(), catalogo.avvisatura_mail.as_ref());
        let (app_io, app_io_catalogo) = (dominio.avvisatura_app_io.as_ref(), catalogo.avvisatura_app_io.as_ref());
        let avviso = |a: &AvvisaturaTipo| a.promemoria_avviso.clone();
        let scadenza = |d: Option<&AvvisaturaTipo>, c: Option<&AvvisaturaTipo>, predefinito: Option<u32>| {
            let p = effettivo(d, c, |a| a.promemoria_scadenza.clone());
            (p.abilitato == Some(true)).then(|| p.preavviso.or(predefinito).unwrap_or(0))
        };
        Self {
            avviso: [effettivo(mail, mail_catalogo, avviso), effettivo(app_io, app_io_catalogo, avviso)].iter().any(|p| p.abilitato == Some(true)),
            scadenza_mail: scadenza(mail, mail_catalogo, configurazione.avvisatura_mail.promemoria_scadenza.preavviso),
            scadenza_app_io: scadenza(app_io, app_io_catalogo, configurazione.avvisatura_app_io.promemoria_scadenza.preavviso),
        }
    }

    /// The dates of a position that is born on `oggi`: its own are kept.
    #[must_use]
    pub fn avvisatura(&self, nuova: &NuovaPendenza, oggi: NaiveDate) -> Avvisatura {
        let prima = |giorni: Option<u32>| nuova.data_validita.or(nuova.data_scadenza)?.checked_sub_days(Days::new(giorni?.into()));
        let scadenza = |giorni| nuova.data_promemoria_scadenza.or_else(|| prima(giorni));
        let avviso = nuova.data_notifica_avviso.or_else(|| self.avviso.then_some(oggi));
        Avvisatura::armata(avviso, scadenza(self.scadenza_mail), scadenza(self.scadenza_app_io))
    }
}

fn effettivo(dominio: Option<&AvvisaturaTipo>, catalogo: Option<&AvvisaturaTipo>, quale: impl Fn(&AvvisaturaTipo) -> Option<Promemoria>) -> Promemoria {
    let (dominio, catalogo) = (dominio.and_then(&quale).unwrap_or_default(), catalogo.and_then(&quale).unwrap_or_default());
    Promemoria { abilitato: dominio.abilitato.or(catalogo.abilitato), preavviso: dominio.preavviso.or(catalogo.preavviso), ..Promemoria::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lettura::pendenza::nuova_pendenza_v2;

    fn giorno(testo: &str) -> Option<NaiveDate> {
        Some(testo.parse().expect("giorno"))
    }

    fn nuova(altro: &str) -> NuovaPendenza {
        let corpo = format!(
            r#"{{"idDominio":"12345678901","causale":"C","importo":1,{altro}"voci":[{{"idVocePendenza":"V","importo":1,"descrizione":"D","codEntrata":"TARI"}}]}}"#
        );
        nuova_pendenza_v2("DEMO", "P1", corpo.as_bytes()).expect("pendenza")
    }

    fn blocchi(json: serde_json::Value) -> BlocchiTipo {
        serde_json::from_value(json).expect("blocchi")
    }

    #[test]
    fn cio_che_la_pendenza_dice_vince_sul_tipo() {
        let tutti = Preavvisi { avviso: true, scadenza_mail: Some(10), scadenza_app_io: Some(3) };
        let oggi = giorno("2026-11-22").expect("giorno");
        for (preavvisi, altro, attesi) in [
            (Preavvisi::default(), "", (None, None, None)),
            (Preavvisi::default(), r#""dataScadenza":"2026-12-31","#, (None, None, None)),
            (tutti, "", (giorno("2026-11-22"), None, None)),
            (tutti, r#""dataScadenza":"2026-12-31","#, (giorno("2026-11-22"), giorno("2026-12-21"), giorno("2026-12-28"))),
            (tutti, r#""dataValidita":"2026-12-11","dataScadenza":"2026-12-31","#, (giorno("2026-11-22"), giorno("2026-12-01"), giorno("2026-12-08"))),
            (
                tutti,
                r#""dataScadenza":"2026-12-31","dataNotificaAvviso":"2026-11-25","dataPromemoriaScadenza":"2026-12-30","#,
                (giorno("2026-11-25"), giorno("2026-12-30"), giorno("2026-12-30")),
            ),
            (Preavvisi::default(), r#""dataNotificaAvviso":"2026-11-25","#, (giorno("2026-11-25"), None, None)),
        ] {
            let a = preavvisi.avvisatura(&nuova(altro), oggi);
            assert_eq!((a.data_notifica_avviso, a.data_promemoria_scadenza, a.data_promemoria_app_io), attesi, "{altro}");
            // What has a date is to be sent, what has none is not armed.
            assert_eq!(
                (a.avviso_notificato, a.promemoria_scadenza_notificato, a.promemoria_app_io_notificato),
                (attesi.0.map(|_| false), attesi.1.map(|_| false), attesi.2.map(|_| false))
            );
        }
    }

    #[test]
    fn ogni_attributo_del_tipo_si_eredita_da_solo() {
        let acceso = |preavviso: Option<u32>| serde_json::json!({ "promemoriaScadenza": { "abilitato": true, "preavviso": preavviso } });
        let catalogo = blocchi(serde_json::json!({ "avvisaturaMail": acceso(Some(7)), "avvisaturaAppIO": acceso(None) }));
        let vuoto = BlocchiTipo::default();
        let spenta = blocchi(serde_json::json!({ "avvisaturaMail": { "promemoriaScadenza": { "abilitato": false } } }));
        let giorni = blocchi(serde_json::json!({ "avvisaturaMail": { "promemoriaScadenza": { "preavviso": 2 } } }));
        let avviso = blocchi(serde_json::json!({ "avvisaturaAppIO": { "promemoriaAvviso": { "abilitato": true } } }));
        let configurazione = Configurazione::default();
        let predefinito = configurazione.avvisatura_app_io.promemoria_scadenza.preavviso;
        assert!(predefinito.is_some());
        let di = |dominio: &BlocchiTipo, catalogo: &BlocchiTipo| Preavvisi::di(dominio, catalogo, &configurazione);
        assert_eq!(di(&vuoto, &vuoto), Preavvisi::default());
        assert_eq!(di(&vuoto, &catalogo), Preavvisi { avviso: false, scadenza_mail: Some(7), scadenza_app_io: predefinito });
        assert_eq!(di(&spenta, &catalogo), Preavvisi { avviso: false, scadenza_mail: None, scadenza_app_io: predefinito });
        assert_eq!(di(&giorni, &catalogo), Preavvisi { avviso: false, scadenza_mail: Some(2), scadenza_app_io: predefinito });
        assert_eq!(di(&avviso, &vuoto), Preavvisi { avviso: true, ..Preavvisi::default() });
    }
}
