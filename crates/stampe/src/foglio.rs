//! Pages on which ink and tag are written together: there is no way to draw something that a screen reader cannot find, or that is not declared decoration.

use chrono::{DateTime, Datelike, Timelike, Utc};
use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect, Size};
use krilla::image::Image;
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, BBox, ContentTag, SpanTag, Tag, TagGroup, TagKind, TagTree};

use crate::caratteri::{Paragrafo, Peso, Riga, componi, pulisci};

/// A4, in points.
pub(crate) const LARGHEZZA: f32 = 595.276;
pub(crate) const ALTEZZA: f32 = 841.89;

/// Step by which a text that does not fit is made smaller.
const PASSO_CORPO: f32 = 0.25;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Colore(pub u8, pub u8, pub u8);

impl Colore {
    fn riempi(self) -> Fill {
        Fill { paint: rgb::Color::new(self.0, self.1, self.2).into(), opacity: NormalizedF32::ONE, rule: Default::default() }
    }

    fn traccia(self, spessore: f32, tratteggio: Option<[f32; 2]>) -> Stroke {
        Stroke {
            paint: rgb::Color::new(self.0, self.1, self.2).into(),
            width: spessore,
            dash: tratteggio.map(|d| StrokeDash { array: d.to_vec(), offset: 0.0 }),
            ..Default::default()
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lato {
    Sinistra,
    Centro,
    Destra,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Stile {
    pub peso: Peso,
    pub corpo: f32,
    /// The text may be made smaller down to this size before it is cut.
    pub corpo_minimo: f32,
    /// Distance of two lines, in units of the size.
    pub interlinea: f32,
    pub colore: Colore,
    pub lato: Lato,
}

impl Stile {
    pub(crate) const fn nuovo(peso: Peso, corpo: f32, colore: Colore) -> Self {
        Self { peso, corpo, corpo_minimo: corpo, interlinea: 1.25, colore, lato: Lato::Sinistra }
    }

    pub(crate) const fn fino_a(self, corpo_minimo: f32) -> Self {
        Self { corpo_minimo, ..self }
    }

    pub(crate) const fn lato(self, lato: Lato) -> Self {
        Self { lato, ..self }
    }

    pub(crate) const fn peso(self, peso: Peso) -> Self {
        Self { peso, ..self }
    }

    pub(crate) const fn corpo(self, corpo: f32) -> Self {
        Self { corpo, ..self }
    }
}

/// A rectangle of the page, from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    pub x: f32,
    pub y: f32,
    pub larghezza: f32,
    pub altezza: f32,
}

impl Area {
    pub(crate) const fn nuova(x: f32, y: f32, larghezza: f32, altezza: f32) -> Self {
        Self { x, y, larghezza, altezza }
    }

    fn rettangolo(self) -> Rect {
        Rect::from_xywh(self.x, self.y, self.larghezza, self.altezza).expect("areas are made of finite constants of the layout")
    }
}

/// A text that was given a size and lines.
pub(crate) struct Blocco {
    righe: Vec<Riga>,
    corpo: f32,
    stile: Stile,
    /// The whole text, when the lines do not hold it.
    intero: Option<String>,
}

impl Blocco {
    /// Fits `testo` into a width and a height: at the size of the style, else smaller, else cut with an ellipsis.
    pub(crate) fn adatta(testo: &str, stile: Stile, larghezza: f32, altezza: f32) -> Self {
        let testo = pulisci(testo);
        let paragrafo = Paragrafo::misura(&testo, stile.peso);
        let mut corpo = stile.corpo;
        loop {
            let righe = paragrafo.righe(larghezza / corpo);
            #[expect(clippy::cast_precision_loss, reason = "a text has at most CARATTERI_MASSIMI lines")]
            let occupa = righe.len() as f32 * corpo * stile.interlinea;
            if occupa <= altezza + 0.01 {
                return Self { righe, corpo, stile, intero: None };
            }
            if corpo - PASSO_CORPO < stile.corpo_minimo {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number of lines")]
                let n = ((altezza + 0.01) / (corpo * stile.interlinea)).floor().max(1.0) as usize;
                let intero = (righe.len() > n).then_some(testo);
                return Self { righe: paragrafo.righe_tagliate(larghezza / corpo, n), corpo, stile, intero };
            }
            corpo -= PASSO_CORPO;
        }
    }

    /// Fits several texts, one under the other and all at one size, into a width and a height.
    pub(crate) fn adatta_insieme(testi: &[&str], stile: Stile, larghezza: f32, altezza: f32) -> Vec<Self> {
        let paragrafi: Vec<_> = testi.iter().map(|t| Paragrafo::misura(&pulisci(t), stile.peso)).collect();
        let mut corpo = stile.corpo;
        while corpo >= stile.corpo_minimo {
            let blocchi: Vec<_> = paragrafi.iter().map(|p| Self { righe: p.righe(larghezza / corpo), corpo, stile, intero: None }).collect();
            if blocchi.iter().map(Self::altezza).sum::<f32>() <= altezza + 0.01 {
                return blocchi;
            }
            corpo -= PASSO_CORPO;
        }
        #[expect(clippy::cast_precision_loss, reason = "a handful of lines of an address")]
        let parte = altezza / testi.len().max(1) as f32;
        let stile = Stile { corpo: stile.corpo_minimo, ..stile };
        testi.iter().map(|t| Self::adatta(t, stile, larghezza, parte)).collect()
    }

    /// One line, however long.
    pub(crate) fn riga(testo: &str, stile: Stile) -> Self {
        Self { righe: vec![componi(&pulisci(testo), stile.peso)], corpo: stile.corpo, stile, intero: None }
    }

    pub(crate) fn a_corpo(self, corpo: f32) -> Self {
        Self { corpo, ..self }
    }

    /// Of the longest line, with the blank at its end, in points.
    pub(crate) fn larghezza(&self) -> f32 {
        self.righe.iter().map(Riga::con_spazio).fold(0.0, f32::max) * self.corpo
    }

    pub(crate) const fn lato(&self) -> Lato {
        self.stile.lato
    }

    /// Other text of the same paragraph follows: the words must not run together when they are extracted.
    pub(crate) fn continua(mut self) -> Self {
        self.chiudi_con_spazio();
        self
    }

    pub(crate) fn chiudi_con_spazio(&mut self) {
        if let Some(ultima) = self.righe.last_mut() {
            ultima.chiudi_con_spazio(self.stile.peso);
        }
    }

    pub(crate) fn altezza(&self) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "a text has at most CARATTERI_MASSIMI lines")]
        let righe = self.righe.len() as f32;
        righe * self.corpo * self.stile.interlinea
    }
}

/// The tags written so far, and the groups that are still open.
#[derive(Default)]
struct Albero {
    radice: TagTree,
    aperti: Vec<TagGroup>,
    titoli: Vec<Titolo>,
}

struct Titolo {
    livello: u16,
    testo: String,
    pagina: usize,
    y: f32,
}

impl Albero {
    fn apri(&mut self, tag: TagKind) {
        self.aperti.push(TagGroup::new(tag));
    }

    fn chiudi(&mut self) {
        let Some(gruppo) = self.aperti.pop() else { return };
        // A group without children is dropped by the writer: it must not be left in the tree.
        if gruppo.children.is_empty() {
            return;
        }
        match self.aperti.last_mut() {
            Some(padre) => padre.push(gruppo),
            None => self.radice.push(gruppo),
        }
    }

    /// Headings of the first level, each with those of the second that follow it.
    fn indice(&self) -> Outline {
        let mut indice = Outline::new();
        let mut aperto: Option<OutlineNode> = None;
        for t in &self.titoli {
            let nodo = OutlineNode::new(t.testo.clone(), XyzDestination::new(t.pagina, Point::from_xy(0.0, t.y))).with_open(true);
            match (&mut aperto, t.livello) {
                (Some(padre), 2..) => padre.push_child(nodo),
                _ => {
                    if let Some(precedente) = aperto.replace(nodo) {
                        indice.push_child(precedente);
                    }
                }
            }
        }
        if let Some(ultimo) = aperto {
            indice.push_child(ultimo);
        }
        indice
    }
}

/// A document under way.
pub(crate) struct Stampa {
    documento: Document,
    albero: Albero,
    pagine: usize,
}

pub(crate) struct Intestazione<'a> {
    pub titolo: &'a str,
    pub autore: &'a str,
    pub identificativo: &'a str,
    pub creato: DateTime<Utc>,
}

impl Stampa {
    pub(crate) fn nuova() -> Self {
        let configuration = ConfigurationBuilder::new()
            .with_archival_validator(Archival::A2_A)
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .expect("PDF/A-2a and PDF/UA-1 share PDF 1.7");
        let documento = Document::new_with(SerializeSettings { configuration, ..Default::default() });
        Self { documento, albero: Albero::default(), pagine: 0 }
    }

    /// A page of its own; groups that are open go on in it.
    pub(crate) fn pagina(&mut self, disegna: impl FnOnce(&mut Foglio<'_>)) {
        let settings = PageSettings::from_wh(LARGHEZZA, ALTEZZA).expect("A4 has a size");
        let mut pagina = self.documento.start_page_with(settings);
        disegna(&mut Foglio { superficie: pagina.surface(), albero: &mut self.albero, pagina: self.pagine });
        pagina.finish();
        self.pagine += 1;
    }

    /// What was tagged, with the titles of headings and the alternative text of figures: one line per tag, indented.
    #[cfg(test)]
    pub(crate) fn struttura(&self) -> String {
        fn scrivi(nodo: &krilla::tagging::Node, rientro: usize, su: &mut String) {
            let krilla::tagging::Node::Group(gruppo) = nodo else { return };
            let nome = format!("{:?}", gruppo.tag);
            let nome = nome.split(['(', ' ', '{']).next().unwrap_or_default().to_owned();
            let any = gruppo.tag.as_any();
            let detto = any.title().or(any.alt_text()).or(any.actual_text()).unwrap_or_default();
            let livello = any.level().map_or(String::new(), |l| l.to_string());
            let lingua = any.lang().map_or(String::new(), |l| format!("[{l}]"));
            su.push_str(&format!("{}{nome}{livello}{lingua} {detto}\n", "  ".repeat(rientro)).replace(" \n", "\n"));
            for figlio in &gruppo.children {
                scrivi(figlio, rientro + 1, su);
            }
        }
        let mut testo = String::new();
        for nodo in &self.albero.radice.children {
            scrivi(nodo, 0, &mut testo);
        }
        testo
    }

    pub(crate) fn chiudi(mut self, intestazione: &Intestazione<'_>) -> Result<Vec<u8>, krilla::error::KrillaError> {
        let metadati = Metadata::new()
            .title(pulisci(intestazione.titolo))
            .authors(vec![pulisci(intestazione.autore)])
            .creator("Fiorino".to_owned())
            .language("it".to_owned())
            .document_id(pulisci(intestazione.identificativo))
            .creation_date(data(intestazione.creato));
        self.documento.set_metadata(metadati);
        self.documento.set_outline(self.albero.indice());
        self.documento.set_tag_tree(self.albero.radice.with_lang(Some("it".to_owned())));
        self.documento.finish()
    }
}

fn data(d: DateTime<Utc>) -> krilla::metadata::DateTime {
    let piccolo = |n: u32| u8::try_from(n).unwrap_or_default();
    krilla::metadata::DateTime::new(u16::try_from(d.year()).unwrap_or_default())
        .month(piccolo(d.month()))
        .day(piccolo(d.day()))
        .hour(piccolo(d.hour()))
        .minute(piccolo(d.minute()))
        .second(piccolo(d.second()))
        .utc_offset_hour(0)
}

/// The page that is being drawn. Reading order is the order of the calls.
pub(crate) struct Foglio<'a> {
    superficie: Surface<'a>,
    albero: &'a mut Albero,
    pagina: usize,
}

impl Foglio<'_> {
    pub(crate) fn gruppo<R>(&mut self, tag: impl Into<TagKind>, dentro: impl FnOnce(&mut Self) -> R) -> R {
        self.albero.apri(tag.into());
        let esito = dentro(self);
        self.albero.chiudi();
        esito
    }

    /// A paragraph inside `area`; returns the y below it. An empty text draws nothing.
    pub(crate) fn paragrafo(&mut self, area: Area, stile: Stile, testo: &str) -> f32 {
        let blocco = Blocco::adatta(testo, stile, area.larghezza, area.altezza);
        self.blocco(Tag::P.into(), area.x, area.y, area.larghezza, &blocco)
    }

    pub(crate) fn segnalibro(&mut self, livello: u16, nome: &str, y: f32) {
        self.albero.titoli.push(Titolo { livello, testo: nome.to_owned(), pagina: self.pagina, y });
    }

    /// As [`Self::blocco`], whatever the side of its style.
    pub(crate) fn blocco_a_sinistra(&mut self, tag: TagKind, x: f32, y: f32, blocco: &Blocco) -> f32 {
        self.scrivi(tag, x, y, (0.0, Lato::Sinistra), blocco)
    }

    /// Ink and tag of a text that was already fitted; returns the y below it.
    pub(crate) fn blocco(&mut self, tag: TagKind, x: f32, y: f32, larghezza: f32, blocco: &Blocco) -> f32 {
        self.scrivi(tag, x, y, (larghezza, blocco.stile.lato), blocco)
    }

    fn scrivi(&mut self, tag: TagKind, x: f32, y: f32, (larghezza, lato): (f32, Lato), blocco: &Blocco) -> f32 {
        let mut tag = tag;
        if let Some(intero) = &blocco.intero {
            tag.as_any_mut().set_actual_text(Some(intero.clone()));
        }
        let Stile { interlinea, colore, .. } = blocco.stile;
        let altezza_riga = blocco.corpo * interlinea;
        self.gruppo(tag, |f| {
            let mut y = y;
            for riga in &blocco.righe {
                let larga = riga.larghezza * blocco.corpo;
                let x = match lato {
                    Lato::Sinistra => x,
                    Lato::Centro => x + (larghezza - larga) / 2.0,
                    Lato::Destra => x + larghezza - larga,
                };
                // Capitals, 0.69 of the size, stand in the middle of the line.
                f.riga(riga, Point::from_xy(x, y + altezza_riga / 2.0 + 0.345 * blocco.corpo), blocco.corpo, colore);
                y += altezza_riga;
            }
            y
        })
    }

    fn riga(&mut self, riga: &Riga, inizio: Point, corpo: f32, colore: Colore) {
        self.superficie.set_stroke(None);
        self.superficie.set_fill(Some(colore.riempi()));
        let mut x = inizio.x;
        for gruppo in riga.tratti.chunk_by(|a, b| a.vero.is_none() && b.vero.is_none()) {
            let vero = gruppo.first().and_then(|t| t.vero.as_deref());
            let id = self.superficie.start_tagged(ContentTag::Span(SpanTag::empty().with_actual_text(vero)));
            for tratto in gruppo {
                self.superficie.draw_glyphs(Point::from_xy(x, inizio.y), &tratto.glifi, tratto.font(), &tratto.testo, corpo, false);
                x += tratto.larghezza * corpo;
            }
            self.superficie.end_tagged();
            if let Some(aperto) = self.albero.aperti.last_mut() {
                aperto.push(id);
            }
        }
    }

    fn figura(&mut self, area: Area, alt: &str, disegna: impl FnOnce(&mut Surface<'_>)) {
        let bbox = BBox::new(self.pagina, area.rettangolo());
        let tag = Tag::Figure(Some(pulisci(alt))).with_bbox(Some(bbox));
        self.gruppo(tag, |f| {
            let id = f.superficie.start_tagged(ContentTag::Other);
            disegna(&mut f.superficie);
            f.superficie.end_tagged();
            if let Some(aperto) = f.albero.aperti.last_mut() {
                aperto.push(id);
            }
        });
    }

    /// A matrix code as a vector: dark modules are rectangles, joined along a row so that no seam is seen between them.
    pub(crate) fn codice(&mut self, area: Area, colore: Colore, matrice: &crate::matrice::Matrice, alt: &str) {
        let modulo = area.larghezza / matrice.lato_moduli();
        let mut tracciato = PathBuilder::new();
        for (colonna, riga, lunghezza) in matrice.strisce() {
            if let Some(r) = Rect::from_xywh(area.x + colonna * modulo, area.y + riga * modulo, lunghezza * modulo, modulo) {
                tracciato.push_rect(r);
            }
        }
        let Some(tracciato) = tracciato.finish() else { return };
        self.figura(area, alt, |s| {
            s.set_stroke(None);
            s.set_fill(Some(colore.riempi()));
            s.draw_path(&tracciato);
        });
    }

    /// The image as large as `area` allows, at its left and in the middle of its height; returns the width that it takes.
    pub(crate) fn immagine(&mut self, area: Area, immagine: &Image, alt: &str) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "pixels of a logo, bounded by LATO_LOGO_MASSIMO")]
        let (l, a) = (immagine.size().0.max(1) as f32, immagine.size().1.max(1) as f32);
        let scala = (area.larghezza / l).min(area.altezza / a);
        let occupa = Area::nuova(area.x, area.y + (area.altezza - a * scala) / 2.0, l * scala, a * scala);
        let Some(misura) = Size::from_wh(occupa.larghezza, occupa.altezza) else { return 0.0 };
        self.figura(occupa, alt, |s| {
            s.push_transform(&krilla::geom::Transform::from_translate(occupa.x, occupa.y));
            s.draw_image(immagine.clone(), misura);
            s.pop();
        });
        occupa.larghezza
    }

    fn decorazione(&mut self, disegna: impl FnOnce(&mut Surface<'_>)) {
        self.superficie.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        disegna(&mut self.superficie);
        self.superficie.end_tagged();
    }

    pub(crate) fn fondo(&mut self, area: Area, colore: Colore) {
        let mut tracciato = PathBuilder::new();
        tracciato.push_rect(area.rettangolo());
        let Some(tracciato) = tracciato.finish() else { return };
        self.decorazione(|s| {
            s.set_stroke(None);
            s.set_fill(Some(colore.riempi()));
            s.draw_path(&tracciato);
        });
    }

    pub(crate) fn spezzata(&mut self, punti: &[(f32, f32)], colore: Colore, spessore: f32, tratteggio: Option<[f32; 2]>) {
        let mut tracciato = PathBuilder::new();
        for (i, (x, y)) in punti.iter().enumerate() {
            if i == 0 { tracciato.move_to(*x, *y) } else { tracciato.line_to(*x, *y) }
        }
        let Some(tracciato) = tracciato.finish() else { return };
        self.decorazione(|s| {
            s.set_fill(None);
            s.set_stroke(Some(colore.traccia(spessore, tratteggio)));
            s.draw_path(&tracciato);
        });
    }

    /// Text that is repeated on each page or only adorns it: seen, not read aloud.
    pub(crate) fn piede(&mut self, area: Area, stile: Stile, testo: &str) {
        let riga = componi(&pulisci(testo), stile.peso);
        let larga = riga.larghezza * stile.corpo;
        let mut x = match stile.lato {
            Lato::Sinistra => area.x,
            Lato::Centro => area.x + (area.larghezza - larga) / 2.0,
            Lato::Destra => area.x + area.larghezza - larga,
        };
        self.superficie.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
        self.superficie.set_stroke(None);
        self.superficie.set_fill(Some(stile.colore.riempi()));
        for tratto in &riga.tratti {
            self.superficie.draw_glyphs(Point::from_xy(x, area.y + stile.corpo), &tratto.glifi, tratto.font(), &tratto.testo, stile.corpo, false);
            x += tratto.larghezza * stile.corpo;
        }
        self.superficie.end_tagged();
    }
}
