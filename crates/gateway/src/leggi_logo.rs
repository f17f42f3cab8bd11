//! The logo of a dominio, as it was received.

use codici::IdDominio;

use crate::{Errore, Gateway};

impl Gateway {
    /// `None` when the dominio has none, or is not there.
    pub async fn logo(&self, dominio: &IdDominio) -> Result<Option<String>, Errore> {
        Ok(self.store.logo(dominio).await?)
    }
}
