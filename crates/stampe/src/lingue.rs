//! The fixed texts of an avviso, in Italian and in the languages of the minorities and of the guests (spec/3 section 7.1).
//!
//! Italian always comes first: the other language stands beside it, and is marked with its own `Lang`, so that a screen reader changes its voice.

/// A language that may stand beside Italian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lingua {
    De,
    En,
    Fr,
    Sl,
}

impl Lingua {
    pub const TUTTE: [Self; 4] = [Self::De, Self::En, Self::Fr, Self::Sl];

    /// As in `linguaSecondaria`, and as PDF wants it.
    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
            Self::Fr => "fr",
            Self::Sl => "sl",
        }
    }

    /// `None`: a language without our texts, so the print is in Italian alone.
    #[must_use]
    pub fn leggi(codice: &str) -> Option<Self> {
        Self::TUTTE.into_iter().find(|l| l.codice() == codice)
    }
}

/// What a second language brings with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondaLingua {
    pub lingua: Lingua,
    /// `linguaSecondariaCausale`, under the Italian one.
    pub oggetto: Option<String>,
    /// `linguaSecondariaInformativaImportoAvviso`: printed only beside an Italian text of the ente.
    pub informativa_importo: Option<String>,
}

/// A text in Italian, and perhaps in another language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Testo {
    pub it: String,
    pub altra: Option<(Lingua, String)>,
}

impl Testo {
    pub(crate) fn solo(it: &str) -> Self {
        Self { it: it.to_owned(), altra: None }
    }

    pub(crate) fn vuoto(&self) -> bool {
        self.it.is_empty() && self.altra.is_none()
    }
}

/// A fixed text; `{0}` and `{1}` are places for values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frase {
    it: &'static str,
    /// In the order of [`Lingua::TUTTE`].
    altre: [&'static str; 4],
}

impl Frase {
    pub(crate) const fn italiano(self) -> &'static str {
        self.it
    }

    pub(crate) fn in_lingua(self, lingua: Option<Lingua>) -> Testo {
        self.con(lingua, &[])
    }

    pub(crate) fn con(self, lingua: Option<Lingua>, valori: &[&str]) -> Testo {
        Testo { it: riempi(self.it, valori), altra: lingua.map(|l| (l, riempi(self.altre[l as usize], valori))) }
    }
}

fn riempi(testo: &str, valori: &[&str]) -> String {
    let mut pieno = testo.to_owned();
    for (posto, valore) in ["{0}", "{1}"].iter().zip(valori) {
        pieno = pieno.replace(posto, valore);
    }
    pieno
}

macro_rules! frasi {
    ($($nome:ident: $it:literal, $de:literal, $en:literal, $fr:literal, $sl:literal;)*) => {
        $(pub(crate) const $nome: Frase = Frase { it: $it, altre: [$de, $en, $fr, $sl] };)*
        #[cfg(test)]
        pub(crate) const TUTTE: &[(&str, Frase)] = &[$((stringify!($nome), $nome)),*];
    };
}

frasi! {
    TITOLO: "AVVISO DI PAGAMENTO", "ZAHLUNGSMITTEILUNG", "PAYMENT NOTICE", "AVIS DE PAIEMENT", "OBVESTILO O PLAČILU";
    TITOLO_RATE: "AVVISO DI PAGAMENTO: RATE {0}", "ZAHLUNGSMITTEILUNG: RATEN {0}", "PAYMENT NOTICE: INSTALMENTS {0}", "AVIS DE PAIEMENT : ÉCHÉANCES {0}", "OBVESTILO O PLAČILU: OBROKI {0}";
    ALTRE_SCADENZE: "AVVISO DI PAGAMENTO: ALTRE PARTI", "ZAHLUNGSMITTEILUNG: WEITERE TEILE", "PAYMENT NOTICE: OTHER PARTS", "AVIS DE PAIEMENT : AUTRES PARTIES", "OBVESTILO O PLAČILU: DRUGI DELI";
    DEBITORE: "DEBITORE", "SCHULDNER", "DEBTOR", "DÉBITEUR", "DOLŽNIK";
    ENTE: "ENTE CREDITORE", "GLÄUBIGER", "CREDITOR", "CRÉANCIER", "UPNIK";
    DESTINATARIO_AVVISO: "DESTINATARIO AVVISO", "EMPFÄNGER", "RECIPIENT", "DESTINATAIRE", "NASLOVNIK";
    QUANTO: "QUANTO E QUANDO PAGARE", "BETRAG UND FRIST", "AMOUNT AND DUE DATE", "COMBIEN ET QUAND PAYER", "KOLIKO IN KDAJ PLAČATI";
    DOVE: "DOVE PAGARE", "WO ZAHLEN", "WHERE TO PAY", "OÙ PAYER", "KJE PLAČATI";
    ELENCO: "Elenco dei canali: www.pagopa.gov.it", "Liste der Zahlungswege", "List of channels", "Liste des canaux", "Seznam poti";
    IMPORTO: "Importo", "Betrag", "Amount", "Montant", "Znesek";
    IMPORTO_TOTALE: "Importo totale", "Gesamtbetrag", "Total amount", "Montant total", "Skupni znesek";
    ENTRO_IL: "Entro il", "Bis zum", "By", "Avant le", "Do dne";
    PRIMA_ENTRO_IL: "Prima rata entro il", "Erste Rate bis zum", "First instalment by", "Première échéance avant le", "Prvi obrok do dne";
    STANDARD: "Questo è l'importo noto all'ente nel giorno della stampa. Può cambiare nel tempo, per esempio per sgravi, note di credito, interessi, sanzioni o spese: il sito, l'app o l'operatore che userai ti mostreranno prima del pagamento la cifra aggiornata, che può essere diversa da questa.",
        "Das ist der Betrag, der am Tag des Drucks bekannt war. Er kann sich ändern, etwa durch Nachlässe, Gutschriften, Zinsen, Strafen oder Spesen: Website, App oder Schalter zeigen Ihnen vor der Zahlung den aktuellen Betrag, der von diesem abweichen kann.",
        "This is the amount known on the day of printing. It may change over time, for example because of relief, credit notes, interest, penalties or costs: before you pay, the website, app or clerk that you use will show you the current figure, which may differ from this one.",
        "Ce montant est celui connu le jour de l'impression. Il peut changer, par exemple à cause de dégrèvements, d'avoirs, d'intérêts, de pénalités ou de frais : avant le paiement, le site, l'application ou l'opérateur vous montreront le montant à jour, qui peut être différent.",
        "To je znesek, znan na dan tiska. Lahko se spremeni, na primer zaradi olajšav, dobropisov, obresti, kazni ali stroškov: spletna stran, aplikacija ali uslužbenec vam bo pred plačilom pokazal posodobljeni znesek, ki je lahko drugačen.";
    ONLINE: "ONLINE", "IM INTERNET", "ON THE WEB", "EN LIGNE", "NA SPLETU";
    TERRITORIO: "SUL TERRITORIO", "VOR ORT", "IN PERSON", "PRÈS DE CHEZ VOUS", "V VAŠI BLIŽINI";
    ONLINE_ENTE: "Sul sito o con l'app del tuo Ente Creditore, della tua banca o degli altri canali di pagamento che aderiscono a pagoPA. Puoi pagare con carta, con addebito in conto o con il circuito CBILL.",
        "Auf der Website oder mit der App des Gläubigers, Ihrer Bank oder der anderen Zahlungswege von pagoPA. Sie können mit Karte, vom Konto oder über CBILL zahlen.",
        "On the website or with the app of the creditor, of your bank or of any other pagoPA channel. You can pay by card, from your account or through CBILL.",
        "Sur le site ou avec l'application du créancier, de votre banque ou des autres canaux pagoPA. Vous pouvez payer par carte, par débit en compte ou avec CBILL.",
        "Na spletni strani ali z aplikacijo upnika, vaše banke ali drugih plačilnih poti pagoPA. Plačate lahko s kartico, z računa ali prek CBILL.";
    ONLINE_POSTE: "Sul sito o con l'app di Poste Italiane, della tua banca o degli altri canali di pagamento che aderiscono a pagoPA. Puoi pagare con carta, con addebito in conto o con il circuito CBILL.",
        "Auf der Website oder mit der App von Poste Italiane, Ihrer Bank oder der anderen Zahlungswege von pagoPA. Sie können mit Karte, vom Konto oder über CBILL zahlen.",
        "On the website or with the app of Poste Italiane, of your bank or of any other pagoPA channel. You can pay by card, from your account or through CBILL.",
        "Sur le site ou avec l'application de Poste Italiane, de votre banque ou des autres canaux pagoPA. Vous pouvez payer par carte, par débit en compte ou avec CBILL.",
        "Na spletni strani ali z aplikacijo družbe Poste Italiane, vaše banke ali drugih plačilnih poti pagoPA. Plačate lahko s kartico, z računa ali prek CBILL.";
    TERRITORIO_ENTE: "In banca, in ricevitoria, dal tabaccaio, al bancomat, al supermercato. Puoi pagare in contanti, con carta o con addebito in conto.",
        "In Banken, Annahmestellen und Tabaktrafiken, am Bankomaten, im Supermarkt. Sie können bar, mit Karte oder vom Konto zahlen.",
        "At banks, betting shops, tobacconists, cash machines and supermarkets. You can pay in cash, by card or from your account.",
        "En banque, dans les points de jeu, au bureau de tabac, au distributeur, au supermarché. Vous pouvez payer en espèces, par carte ou par débit en compte.",
        "V banki, na prodajnih mestih za loterijo, v trafiki, na bankomatu, v supermarketu. Plačate lahko z gotovino, s kartico ali z računa.";
    TERRITORIO_POSTE: "In tutti gli uffici postali, in banca, in ricevitoria, dal tabaccaio, al bancomat, al supermercato. Puoi pagare in contanti, con carta o con addebito in conto.",
        "In allen Postämtern, in Banken, Annahmestellen und Tabaktrafiken, am Bankomaten, im Supermarkt. Sie können bar, mit Karte oder vom Konto zahlen.",
        "At all post offices, banks, betting shops, tobacconists, cash machines and supermarkets. You can pay in cash, by card or from your account.",
        "Dans tous les bureaux de poste, en banque, dans les points de jeu, au bureau de tabac, au distributeur, au supermarché. Vous pouvez payer en espèces, par carte ou par débit en compte.",
        "Na vseh poštah, v banki, na prodajnih mestih za loterijo, v trafiki, na bankomatu, v supermarketu. Plačate lahko z gotovino, s kartico ali z računa.";
    USA_LA_PARTE: "Usa la parte di avviso del canale di pagamento che preferisci.", "Verwenden Sie den Abschnitt Ihres Zahlungsweges.", "Use the part of the notice for the channel you prefer.", "Utilisez la partie du canal que vous préférez.", "Uporabite del obvestila za izbrano plačilno pot.";
    BANCHE: "BANCHE E ALTRI CANALI", "BANKEN UND ANDERE", "BANKS AND OTHER CHANNELS", "BANQUES ET AUTRES CANAUX", "BANKE IN DRUGE POTI";
    BOLLETTINO: "BOLLETTINO POSTALE PA", "POSTERLAGSCHEIN PA", "POSTAL SLIP PA", "BULLETIN POSTAL PA", "POŠTNA POLOŽNICA PA";
    DESTINATARIO: "Destinatario", "Empfänger", "Recipient", "Destinataire", "Naslovnik";
    ENTE_CREDITORE: "Ente creditore", "Gläubiger", "Creditor", "Créancier", "Upnik";
    OGGETTO: "Oggetto del pagamento", "Zahlungsgrund", "Reason of payment", "Objet du paiement", "Namen plačila";
    CODICE_AVVISO: "Codice avviso", "Nummer der Mitteilung", "Notice number", "Code de l'avis", "Številka obvestila";
    CODICE_FISCALE_ENTE: "Cod. fiscale ente creditore", "Steuernr. des Gläubigers", "Creditor tax code", "Code fiscal du créancier", "Davčna št. upnika";
    CODICE_CBILL: "Codice CBILL", "CBILL-Kodex", "CBILL code", "Code CBILL", "Koda CBILL";
    COD_FISCALE: "Cod. Fiscale", "Steuernummer", "Tax code", "Code fiscal", "Davčna številka";
    CONTO: "Sul conto corrente numero", "Auf Kontokorrent Nummer", "To account number", "Sur le compte numéro", "Na račun številka";
    INTESTATO: "Intestato a", "Lautend auf", "Account holder", "Au nom de", "Imetnik računa";
    TIPO: "Tipo", "Typ", "Type", "Genre", "Vrsta";
    CODICE_PAGAMENTO: "Codice per il pagamento", "Zahlungskodex", "Payment code", "Code de paiement", "Koda za plačilo";
    AUTORIZZAZIONE: "Autorizzazione", "Genehmigung", "Authorisation", "Agrément", "Dovoljenje";
    RATA_UNICA: "Rata unica", "Einmalzahlung", "Single payment", "Paiement unique", "Enkratno plačilo";
    RATA_UNICA_ENTRO: "Rata unica entro il {0}", "Einmalzahlung bis zum {0}", "Single payment by {0}", "Paiement unique avant le {0}", "Enkratno plačilo do {0}";
    RATA: "Rata {0}", "Rate Nr. {0}", "Instalment {0}", "Échéance {0}", "Obrok {0}";
    RATA_ENTRO: "Rata {0} entro il {1}", "Rate Nr. {0} bis zum {1}", "Instalment {0} by {1}", "Échéance {0} avant le {1}", "Obrok {0} do {1}";
    ENTRO_GIORNI: "Entro {0} giorni", "Innerhalb von {0} Tagen", "Within {0} days", "Dans les {0} jours", "V {0} dneh";
    OLTRE_GIORNI: "Oltre {0} giorni", "Nach mehr als {0} Tagen", "After {0} days", "Au-delà de {0} jours", "Po {0} dneh";
    SCONTATO: "Entro 5 giorni dalla notifica del verbale", "Innerhalb von 5 Tagen ab Zustellung", "Within 5 days of notification", "Dans les 5 jours de la notification", "V 5 dneh od vročitve";
    RIDOTTO: "Dal 6° al 60° giorno dalla notifica del verbale", "Vom 6. bis zum 60. Tag ab Zustellung", "From the 6th to the 60th day after notification", "Du 6e au 60e jour après la notification", "Od 6. do 60. dne od vročitve";
    BOLLETTINO_ENTRO: "entro il {0}", "bis zum {0}", "by {0}", "avant le {0}", "do {0}";
    IN_RATE: "Puoi pagare l'importo in {0} rate.", "Sie können den Betrag in {0} Raten zahlen.", "You can pay the amount in {0} instalments.", "Vous pouvez payer le montant en {0} échéances.", "Znesek lahko plačate v {0} obrokih.";
    IN_RATE_SEGUONO: "Puoi pagare l'importo in {0} rate (vedi pagine seguenti).", "Sie können den Betrag in {0} Raten zahlen (siehe folgende Seiten).", "You can pay the amount in {0} instalments (see the following pages).", "Vous pouvez payer le montant en {0} échéances (voir pages suivantes).", "Znesek lahko plačate v {0} obrokih (glejte naslednje strani).";
    ANCHE_IN_RATE: "Puoi pagare tutto in una volta, oppure in {0} rate.", "Sie können alles auf einmal oder in {0} Raten zahlen.", "You can pay all at once, or in {0} instalments.", "Vous pouvez payer en une fois ou en {0} échéances.", "Plačate lahko naenkrat ali v {0} obrokih.";
    SECONDO_IL_GIORNO: "L'importo dipende dal giorno in cui paghi: usa la parte che corrisponde.", "Der Betrag hängt vom Tag der Zahlung ab: verwenden Sie den passenden Abschnitt.", "The amount depends on the day you pay: use the matching part.", "Le montant dépend du jour du paiement : utilisez la partie correspondante.", "Znesek je odvisen od dneva plačila: uporabite ustrezni del.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ogni_frase_ha_le_sue_quattro_traduzioni() {
        for (nome, frase) in TUTTE {
            for lingua in Lingua::TUTTE {
                let testo = frase.altre[lingua as usize];
                assert!(!testo.trim().is_empty(), "{nome} in {}", lingua.codice());
                assert!(testo != frase.it || *nome == "ONLINE", "{nome} in {} è rimasta in italiano", lingua.codice());
                for posto in ["{0}", "{1}"] {
                    assert_eq!(testo.matches(posto).count(), frase.it.matches(posto).count(), "{nome} in {}: {posto}", lingua.codice());
                }
            }
        }
    }

    #[test]
    fn i_valori_vanno_al_loro_posto() {
        let testo = RATA_ENTRO.con(Some(Lingua::Fr), &["3", "30/04/2026"]);
        assert_eq!(testo.it, "Rata 3 entro il 30/04/2026");
        assert_eq!(testo.altra, Some((Lingua::Fr, "Échéance 3 avant le 30/04/2026".to_owned())));
        assert_eq!(RATA.in_lingua(None).altra, None);
    }

    #[test]
    fn una_lingua_senza_testi_non_si_legge() {
        for lingua in Lingua::TUTTE {
            assert_eq!(Lingua::leggi(lingua.codice()), Some(lingua));
        }
        for altro in ["it", "false", "es", "DE", ""] {
            assert_eq!(Lingua::leggi(altro), None, "{altro}");
        }
    }
}
