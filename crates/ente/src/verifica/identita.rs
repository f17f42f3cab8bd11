use domain::pendenza::NuovaPendenza;

use super::{Domanda, Inoltro};

/// What an answer is about: the rest of its reading is the same.
#[derive(Clone, Copy)]
pub(crate) enum Attesa<'a> {
    Verifica(Domanda<'a>),
    Inoltro(Inoltro<'a>),
}

impl Attesa<'_> {
    /// The position is the one that was asked for; a numero avviso that was asked for and not repeated is filled in.
    pub(super) fn riconosce(&self, mut pendenza: NuovaPendenza) -> Result<NuovaPendenza, String> {
        match self {
            Self::Verifica(Domanda::Pendenza { id_a2a, id_pendenza }) if pendenza.id_a2a != *id_a2a || pendenza.id_pendenza != *id_pendenza => {
                Err("I campi IdA2A e IdPendenza della pendenza ricevuta dal servizio di verifica non corrispondono ai parametri di input.".to_owned())
            }
            Self::Verifica(Domanda::Avviso { dominio, numero_avviso }) => {
                let altro = pendenza.numero_avviso.as_ref().is_some_and(|n| n.iuv() != numero_avviso.iuv());
                if altro || pendenza.dominio != **dominio {
                    return Err(
                        "I campi IdDominio e NumeroAvviso della pendenza ricevuta dal servizio di verifica non corrispondono ai parametri di input.".to_owned()
                    );
                }
                pendenza.numero_avviso.get_or_insert_with(|| (*numero_avviso).clone());
                Ok(pendenza)
            }
            Self::Verifica(_) => Ok(pendenza),
            Self::Inoltro(inoltro) => {
                let corrisponde = |campo: &str, si: bool| {
                    let no = || format!("Il campo {campo} della pendenza ricevuta dal servizio di verifica non corrisponde ai parametri di input.");
                    si.then_some(()).ok_or_else(no)
                };
                corrisponde("IdDominio", pendenza.dominio == *inoltro.dominio)?;
                corrisponde("IdTipoPendenza", pendenza.tipo_pendenza.as_deref() == Some(inoltro.tipo_pendenza))?;
                let chiesta = inoltro.unita_operativa;
                corrisponde("IdUnitaOperativa", chiesta.is_none() || pendenza.unita_operativa.as_deref() == chiesta)?;
                Ok(pendenza)
            }
        }
    }

    pub(super) fn sconosciuta(&self) -> Option<String> {
        match self {
            Self::Verifica(domanda) => Some(domanda.sconosciuta()),
            Self::Inoltro(_) => None,
        }
    }
}
