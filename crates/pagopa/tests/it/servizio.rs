//! The WSDL of the station.

use pagopa::Operazione;
use pagopa::busta::{Radice, Testo};
use pagopa::wsdl::wsdl;

#[test]
fn il_wsdl_e_ben_formato_e_porta_l_indirizzo() {
    let testo = wsdl("https://gw.esempio.it/govpay-api-pagopa/PagamentiTelematiciCCPservice?a=1&b=\"2\"<");
    assert!(testo.contains(r#"<soap:address location="https://gw.esempio.it/govpay-api-pagopa/PagamentiTelematiciCCPservice?a=1&amp;b=&quot;2&quot;&lt;"/>"#));
    let letto = Testo::decodifica(testo.as_bytes());
    // The service document has attributes that no message may have, so the first of them is what the reader complains about.
    let difetto = letto.messaggio(Radice::AncheDocumento).expect_err("non e' un messaggio");
    assert_eq!(difetto.dettaglio, "attributo `name` non ammesso");
}

#[test]
fn il_wsdl_ha_le_sei_operazioni() {
    let testo = wsdl("http://localhost/");
    for operazione in Operazione::TUTTE {
        assert!(testo.contains(&format!(r#"<soap:operation soapAction="{operazione}"/>"#)));
        assert!(testo.contains(&format!(r#"<xs:element name="{}""#, operazione.elemento_richiesta())));
        assert!(testo.contains(&format!(r#"<xs:element name="{}""#, operazione.elemento_risposta())));
    }
}

#[test]
fn i_dati_di_un_servizio_diventano_il_json_di_un_modulo() {
    let xml = r#"<ta:pratica xmlns:ta="urn:x"><ta:codice>A001</ta:codice><ta:pagatore><ta:cf>X</ta:cf></ta:pagatore><ta:voce>1</ta:voce><ta:voce>2</ta:voce><ta:voce>3</ta:voce><ta:vuoto/></ta:pratica>"#;
    let letto = pagopa::servizio::dati_json(xml.as_bytes()).expect("letto");
    assert_eq!(letto.to_string(), r#"{"pratica":{"codice":"A001","pagatore":{"cf":"X"},"voce":["1","2","3"],"vuoto":""}}"#);
    for storto in ["", "<a", "<!DOCTYPE a><a/>", "testo", "<a>&nbsp;</a>"] {
        assert!(pagopa::servizio::dati_json(storto.as_bytes()).is_err(), "{storto}");
    }
}
