//! An attachment of a position, as a file (spec/1 section 9.9).

use store::documenti::FileAllegato;

use crate::{Errore, Gateway};

impl Gateway {
    /// Whoever owns it: the caller says 403 when it is another's.
    pub async fn allegato(&self, id: i64) -> Result<Option<FileAllegato>, Errore> {
        Ok(self.store.file_allegato(id).await?)
    }
}
