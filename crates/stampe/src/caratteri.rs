//! Fonts and shaping: from a string to glyphs whose width is known.
//!
//! A character is drawn with Titillium Web; what it lacks, with Noto Sans (Latin, Greek, Cyrillic); what both lack, with the replacement mark, while the true
//! text stays in the `ActualText` of the mark, so that it can be copied, searched and read aloud.
//!
//! All widths here are at font size 1: a line that is measured once can be tried at any size.

use std::cell::OnceCell;
use std::sync::OnceLock;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Face, UnicodeBuffer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Characters that are considered of a text that comes from outside. The longest field of the contracts has 1024; what is beyond would not be legible in its box.
pub(crate) const CARATTERI_MASSIMI: usize = 2000;

/// Marks on one letter beyond which it is not writing any more, and would be drawn over the lines above.
const SEGNI_PER_LETTERA: usize = 4;

/// Drawn in the place of what no font has.
const SOSTITUTO: &str = "\u{FFFD}";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peso {
    Normale,
    Medio,
    Forte,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Famiglia {
    Testo,
    Riserva,
}

struct Carattere {
    font: Font,
    faccia: Face<'static>,
}

impl Carattere {
    fn leggi(dati: &'static [u8]) -> Self {
        let font = Font::new(dati.into(), 0).expect("a font fixed by the lock file is readable");
        let faccia = Face::from_slice(dati, 0).expect("a font fixed by the lock file is readable");
        Self { font, faccia }
    }

    /// A private use character has no meaning outside of its font: PDF/A-2a refuses it.
    fn ha(&self, c: char) -> bool {
        !matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..) && self.faccia.glyph_index(c).is_some_and(|g| g.0 != 0)
    }
}

struct Caratteri {
    testo: [Carattere; 3],
    riserva: [Carattere; 2],
}

fn caratteri() -> &'static Caratteri {
    static CARATTERI: OnceLock<Caratteri> = OnceLock::new();
    CARATTERI.get_or_init(|| Caratteri {
        testo: [
            Carattere::leggi(include_bytes!(env!("STAMPE_FONT_NORMALE"))),
            Carattere::leggi(include_bytes!(env!("STAMPE_FONT_MEDIO"))),
            Carattere::leggi(include_bytes!(env!("STAMPE_FONT_FORTE"))),
        ],
        riserva: [Carattere::leggi(include_bytes!(env!("STAMPE_RISERVA_NORMALE"))), Carattere::leggi(include_bytes!(env!("STAMPE_RISERVA_FORTE")))],
    })
}

fn carattere(peso: Peso, famiglia: Famiglia) -> &'static Carattere {
    let c = caratteri();
    match (famiglia, peso) {
        (Famiglia::Testo, Peso::Normale) => &c.testo[0],
        (Famiglia::Testo, Peso::Medio) => &c.testo[1],
        (Famiglia::Testo, Peso::Forte) => &c.testo[2],
        (Famiglia::Riserva, Peso::Normale) => &c.riserva[0],
        (Famiglia::Riserva, Peso::Medio | Peso::Forte) => &c.riserva[1],
    }
}

/// Composed form, one line, single spaces, without what has no ink of its own (bidi controls, joiners, variation selectors) and never longer than
/// [`CARATTERI_MASSIMI`]. The result can be written in the document's metadata too: it is valid XML text.
pub(crate) fn pulisci(testo: &str) -> String {
    let mut pulito = String::with_capacity(testo.len().min(4 * CARATTERI_MASSIMI));
    for c in testo.chars().take(CARATTERI_MASSIMI).nfc() {
        if c.is_whitespace() || c.is_control() {
            if !pulito.is_empty() && !pulito.ends_with(' ') {
                pulito.push(' ');
            }
        } else if !senza_inchiostro(c) {
            pulito.push(if non_carattere(c) { '\u{FFFD}' } else { c });
        }
    }
    pulito.truncate(pulito.trim_end().len());
    pulito
}

/// Unicode's default ignorable code points.
const fn senza_inchiostro(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

const fn non_carattere(c: char) -> bool {
    matches!(c, '\u{FDD0}'..='\u{FDEF}') || (c as u32) & 0xFFFE == 0xFFFE
}

/// Glyphs that are drawn with one font.
#[derive(Clone, Debug)]
pub(crate) struct Tratto {
    peso: Peso,
    famiglia: Famiglia,
    pub(crate) testo: String,
    pub(crate) glifi: Vec<KrillaGlyph>,
    pub(crate) larghezza: f32,
    /// The text that the glyphs stand for, when they are replacement marks.
    pub(crate) vero: Option<String>,
}

impl Tratto {
    pub(crate) fn font(&self) -> Font {
        carattere(self.peso, self.famiglia).font.clone()
    }

    /// Appends `altro` when it can be drawn in the same breath.
    fn unisci(&mut self, altro: &Self) -> bool {
        if (self.peso, self.famiglia) != (altro.peso, altro.famiglia) || self.vero.is_some() != altro.vero.is_some() {
            return false;
        }
        let da = self.testo.len();
        self.testo.push_str(&altro.testo);
        self.glifi.extend(altro.glifi.iter().map(|g| {
            let mut g = g.clone();
            g.text_range = g.text_range.start + da..g.text_range.end + da;
            g
        }));
        self.larghezza += altro.larghezza;
        if let (Some(vero), Some(v)) = (&mut self.vero, &altro.vero) {
            vero.push_str(v);
        }
        true
    }
}

/// A piece of text that is never broken: a word, or a whole line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Riga {
    pub(crate) tratti: Vec<Tratto>,
    /// Without the blank at its end.
    pub(crate) larghezza: f32,
    /// Of the blank at its end, which is drawn so that words stay apart when the text is extracted.
    spazio: f32,
}

impl Riga {
    /// The text as it was, also where replacement marks are drawn.
    #[cfg(test)]
    pub(crate) fn testo(&self) -> String {
        self.tratti.iter().map(|t| t.vero.as_deref().unwrap_or(&t.testo)).collect()
    }

    fn aggiungi(&mut self, altra: &Self) {
        self.larghezza += self.spazio + altra.larghezza;
        self.spazio = altra.spazio;
        for tratto in &altra.tratti {
            if !self.tratti.last_mut().is_some_and(|ultimo| ultimo.unisci(tratto)) {
                self.tratti.push(tratto.clone());
            }
        }
    }

    /// Width with the blank at its end.
    pub(crate) fn con_spazio(&self) -> f32 {
        self.larghezza + self.spazio
    }

    pub(crate) fn chiudi_con_spazio(&mut self, peso: Peso) {
        let spazio = forma(" ", peso, Famiglia::Testo);
        self.spazio = spazio.larghezza;
        if !self.tratti.last_mut().is_some_and(|ultimo| ultimo.unisci(&spazio)) {
            self.tratti.push(spazio);
        }
    }
}

/// Glyphs of a text that `famiglia` covers.
fn forma(testo: &str, peso: Peso, famiglia: Famiglia) -> Tratto {
    let faccia = &carattere(peso, famiglia).faccia;
    #[expect(clippy::cast_precision_loss, reason = "units per em and advances are at most 16 bits")]
    let misura = |v: i32| v as f32 / faccia.units_per_em() as f32;
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(testo);
    buffer.guess_segment_properties();
    buffer.set_direction(Direction::LeftToRight);
    let formato = rustybuzz::shape(faccia, &[], buffer);
    let (posti, info) = (formato.glyph_positions(), formato.glyph_infos());
    let fine_gruppo = |i: usize| info[i..].iter().find(|g| g.cluster != info[i].cluster).map_or(testo.len(), |g| g.cluster as usize);
    let glifi: Vec<_> = posti
        .iter()
        .zip(info)
        .enumerate()
        .map(|(i, (p, g))| {
            let gruppo = g.cluster as usize..fine_gruppo(i);
            KrillaGlyph::new(GlyphId::new(g.glyph_id), misura(p.x_advance), misura(p.x_offset), misura(p.y_offset), misura(p.y_advance), gruppo, None)
        })
        .collect();
    let larghezza = glifi.iter().map(|g| g.x_advance).sum();
    Tratto { peso, famiglia, testo: testo.to_owned(), glifi, larghezza, vero: None }
}

fn sostituto(vero: &str, peso: Peso) -> Tratto {
    Tratto { vero: Some(vero.to_owned()), ..forma(SOSTITUTO, peso, Famiglia::Riserva) }
}

/// A letter with the marks that follow it.
fn lettere(testo: &str) -> Vec<&str> {
    let mut lettere = Vec::new();
    let mut da = 0;
    for (i, c) in testo.char_indices() {
        if i > da && !is_combining_mark(c) {
            lettere.push(&testo[da..i]);
            da = i;
        }
    }
    if da < testo.len() {
        lettere.push(&testo[da..]);
    }
    lettere
}

/// Shapes a text without breaking it.
pub(crate) fn componi(testo: &str, peso: Peso) -> Riga {
    let mut gruppi: Vec<(Option<Famiglia>, String)> = Vec::new();
    for lettera in lettere(testo) {
        let famiglia = [Famiglia::Testo, Famiglia::Riserva]
            .into_iter()
            .find(|f| lettera.chars().all(|c| carattere(peso, *f).ha(c)))
            .filter(|_| lettera.chars().count() <= 1 + SEGNI_PER_LETTERA);
        match gruppi.last_mut() {
            Some((f, gruppo)) if *f == famiglia && famiglia.is_some() => gruppo.push_str(lettera),
            _ => gruppi.push((famiglia, lettera.to_owned())),
        }
    }
    let mut riga = Riga::default();
    for (famiglia, gruppo) in gruppi {
        let tratto = famiglia.map_or_else(|| sostituto(&gruppo, peso), |f| forma(&gruppo, peso, f));
        // A script whose rules ask for a glyph that the font lacks.
        let tratto = if tratto.glifi.iter().any(|g| g.glyph_id.to_u32() == 0) { sostituto(&gruppo, peso) } else { tratto };
        riga.larghezza += tratto.larghezza;
        if !riga.tratti.last_mut().is_some_and(|ultimo| ultimo.unisci(&tratto)) {
            riga.tratti.push(tratto);
        }
    }
    riga
}

/// A text cut into words and measured once.
pub(crate) struct Paragrafo {
    peso: Peso,
    parole: Vec<Parola>,
}

struct Parola {
    testo: String,
    riga: Riga,
    /// Width of each letter with its marks: asked only of a word wider than its line, then at every size that is tried.
    lettere: OnceCell<Vec<f32>>,
}

impl Paragrafo {
    /// `testo` must come from [`pulisci`].
    pub(crate) fn misura(testo: &str, peso: Peso) -> Self {
        let parola = |testo: &str| Parola { testo: testo.to_owned(), riga: componi(testo, peso), lettere: OnceCell::new() };
        let mut parole: Vec<_> = testo.split(' ').filter(|p| !p.is_empty()).map(parola).collect();
        let prima_dell_ultima = parole.len().saturating_sub(1);
        for parola in &mut parole[..prima_dell_ultima] {
            parola.riga.chiudi_con_spazio(peso);
        }
        Self { peso, parole }
    }

    /// Lines no wider than `larghezza`, in units of the font size. A word that is wider is broken between letters.
    pub(crate) fn righe(&self, larghezza: f32) -> Vec<Riga> {
        let mut righe: Vec<Riga> = Vec::new();
        for parola in &self.parole {
            if parola.riga.larghezza > larghezza {
                righe.extend(parola.spezza(larghezza, self.peso));
                continue;
            }
            match righe.last_mut() {
                Some(riga) if riga.larghezza + riga.spazio + parola.riga.larghezza <= larghezza => riga.aggiungi(&parola.riga),
                _ => righe.push(parola.riga.clone()),
            }
        }
        righe
    }

    /// The first `n` lines, the last of which ends with an ellipsis.
    pub(crate) fn righe_tagliate(&self, larghezza: f32, n: usize) -> Vec<Riga> {
        let mut righe = self.righe(larghezza);
        if righe.len() <= n {
            return righe;
        }
        righe.truncate(n);
        if let Some(ultima) = righe.last_mut() {
            let mut testo: String = ultima.tratti.iter().map(|t| t.vero.as_deref().unwrap_or(&t.testo)).collect();
            loop {
                testo.truncate(testo.trim_end().len());
                let tagliata = componi(&format!("{testo}\u{2026}"), self.peso);
                if tagliata.larghezza <= larghezza || testo.pop().is_none() {
                    *ultima = tagliata;
                    break;
                }
            }
        }
        righe
    }
}

impl Parola {
    fn spezza(&self, larghezza: f32, peso: Peso) -> Vec<Riga> {
        let lettere = lettere(&self.testo);
        let larghezze = self.lettere.get_or_init(|| lettere.iter().map(|l| componi(l, peso).larghezza).collect());
        let mut righe = Vec::new();
        let mut da = 0;
        while da < lettere.len() {
            let mut occupato = 0.0;
            let entrano = larghezze[da..].iter().take_while(|l| {
                occupato += *l;
                occupato <= larghezza
            });
            let mut a = da + entrano.count().max(1);
            let mut riga = componi(&lettere[da..a].concat(), peso);
            // Together, letters may also stand farther apart than alone.
            while riga.larghezza > larghezza && a > da + 1 {
                a -= 1;
                riga = componi(&lettere[da..a].concat(), peso);
            }
            righe.push(riga);
            da = a;
        }
        if let Some(ultima) = righe.last_mut()
            && self.riga.spazio > 0.0
        {
            ultima.chiudi_con_spazio(peso);
        }
        righe
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn la_pulizia_lascia_una_riga_composta() {
        assert_eq!(pulisci("  Nicolo\u{300}\t\n D\u{200B}or\u{ad}de  "), "Nicolò Dorde");
        assert_eq!(pulisci("a\u{0}b\u{FFFE}c\u{202E}"), "a b\u{FFFD}c");
        assert_eq!(pulisci(&"x".repeat(CARATTERI_MASSIMI + 10)).len(), CARATTERI_MASSIMI);
    }

    #[test]
    fn ogni_lettera_ha_il_suo_carattere() {
        let riga = componi("Đorđević Чай 李明!", Peso::Medio);
        let tratti: Vec<_> = riga.tratti.iter().map(|t| (t.famiglia, t.vero.as_deref(), t.testo.as_str())).collect();
        assert_eq!(
            tratti,
            [
                (Famiglia::Testo, None, "Đorđević "),
                (Famiglia::Riserva, None, "Чай"),
                (Famiglia::Testo, None, " "),
                (Famiglia::Riserva, Some("李明"), "\u{FFFD}\u{FFFD}"),
                (Famiglia::Testo, None, "!"),
            ]
        );
    }

    #[test]
    fn troppi_segni_su_una_lettera_diventano_un_sostituto() {
        let zalgo = format!("a{}", "\u{335}".repeat(5));
        assert_eq!(componi(&zalgo, Peso::Normale).tratti[0].vero.as_deref(), Some(zalgo.as_str()));
        assert!(componi("a\u{335}", Peso::Normale).tratti[0].vero.is_none());
    }

    #[test]
    fn le_maiuscole_sono_avvicinate() {
        let insieme = componi("AV", Peso::Forte).larghezza;
        let separate = componi("A", Peso::Forte).larghezza + componi("V", Peso::Forte).larghezza;
        assert!(insieme < separate, "crenatura: {insieme} contro {separate}");
    }

    #[test]
    fn anche_lettere_che_si_scostano_stanno_nella_riga() {
        assert!(componi("fì", Peso::Normale).larghezza > componi("f", Peso::Normale).larghezza + componi("ì", Peso::Normale).larghezza);
        for riga in Paragrafo::misura("ЖAìììòìnìbòfì李ò", Peso::Normale).righe(3.371) {
            assert!(riga.larghezza <= 3.371, "{} {}", riga.larghezza, riga.testo());
        }
    }

    #[test]
    fn il_taglio_finisce_con_i_puntini() {
        let paragrafo = Paragrafo::misura("una causale che non sta in una riga sola", Peso::Normale);
        let righe = paragrafo.righe_tagliate(8.0, 1);
        assert_eq!(righe.len(), 1);
        assert!(righe[0].testo().ends_with('\u{2026}') && righe[0].larghezza <= 8.0, "{}", righe[0].testo());
        assert!(righe[0].testo().starts_with("una causale"), "{}", righe[0].testo());
    }

    proptest! {
        #[test]
        fn le_righe_stanno_nella_larghezza_e_non_perdono_niente(testo in "[a-zA-Zàèìòù李Ж0-9 ]{0,120}", larghezza in 3.0_f32..30.0) {
            let pulito = pulisci(&testo);
            let righe = Paragrafo::misura(&pulito, Peso::Normale).righe(larghezza);
            for riga in &righe {
                prop_assert!(riga.larghezza <= larghezza + 0.001, "{} > {larghezza}: {}", riga.larghezza, riga.testo());
            }
            prop_assert_eq!(righe.iter().map(Riga::testo).collect::<String>(), pulito);
        }

        #[test]
        fn la_pulizia_non_cambia_cio_che_e_gia_pulito(testo in "\\PC{0,200}") {
            let pulito = pulisci(&testo);
            prop_assert_eq!(pulisci(&pulito), pulito);
        }
    }
}
