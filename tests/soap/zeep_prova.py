"""Un client SOAP che non e' nostro paga un avviso: verifica, attivazione e ricevuta, dal WSDL ufficiale e dal nostro.

Uso: zeep_prova.py URL UTENTE PASSWORD CARTELLA_CONTRATTI NUMERO_AVVISO ID_DOMINIO

URL e' l'indirizzo della stazione; CARTELLA_CONTRATTI contiene `wsdl/paForNode.wsdl`; l'avviso e' gia' caricato e non pagato.
Stampa una riga per passo; esce con 0 se tutti riescono, con 1 al primo che fallisce.
"""

import os
import sys
import uuid
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import requests
import zeep
from zeep.transports import Transport

INTERMEDIARIO = os.environ.get("ZEEP_INTERMEDIARIO", "11111111113")
STAZIONE = os.environ.get("ZEEP_STAZIONE", "11111111113_01")
TEMPO_MASSIMO_S = 15


def passo(nome, riuscito, dettaglio=""):
    print(f"{'ok' if riuscito else 'FALLITO'} {nome}{': ' + str(dettaglio) if dettaglio else ''}", flush=True)
    if not riuscito:
        sys.exit(1)


def servizio(wsdl, url, trasporto):
    """Il servizio descritto dal WSDL, chiamato all'indirizzo dato. Le risposte si convalidano con lo schema."""
    client = zeep.Client(str(wsdl), transport=trasporto, settings=zeep.Settings(strict=True))
    (binding,) = client.wsdl.bindings
    return client, client.create_service(str(binding), url)


def trasferimento(t):
    """Il bonifico di una ricevuta, da quello dell'attivazione: stessi campi, meno la richiesta di bollo."""
    campi = ("idTransfer", "transferAmount", "fiscalCodePA", "companyName", "IBAN", "remittanceInformation", "transferCategory")
    return {campo: t[campo] for campo in campi if t[campo] is not None}


def ricevuta(dati, dominio, avviso):
    adesso = datetime.now().replace(microsecond=0)
    return {
        "receiptId": uuid.uuid4().hex,
        "noticeNumber": avviso,
        "fiscalCode": dominio,
        "outcome": "OK",
        "creditorReferenceId": dati["creditorReferenceId"],
        "paymentAmount": dati["paymentAmount"],
        "description": dati["description"],
        "companyName": dati["companyName"],
        "debtor": dati["debtor"],
        "transferList": {"transfer": [trasferimento(t) for t in dati["transferList"]["transfer"]]},
        "idPSP": "ZEEPPSP",
        "pspFiscalCode": "99999999990",
        "PSPCompanyName": "Banca di Prova",
        "idChannel": "99999999990_01",
        "channelDescription": "app",
        "paymentMethod": "creditCard",
        "fee": Decimal("1.50"),
        "paymentDateTime": adesso,
        "applicationDate": adesso.date(),
        "transferDate": adesso.date(),
    }


def main(url, utente, password, contratti, avviso, dominio):
    sessione = requests.Session()
    sessione.auth = (utente, password)
    trasporto = Transport(session=sessione, timeout=TEMPO_MASSIMO_S, operation_timeout=TEMPO_MASSIMO_S)
    chi = {"idPA": dominio, "idBrokerPA": INTERMEDIARIO, "idStation": STAZIONE}
    quale = {"qrCode": {"fiscalCode": dominio, "noticeNumber": avviso}}

    client, ufficiale = servizio(Path(contratti) / "wsdl" / "paForNode.wsdl", url, trasporto)
    passo("WSDL ufficiale letto", True)

    risposta = ufficiale.paVerifyPaymentNotice(**chi, **quale)
    opzione = risposta["paymentList"]["paymentOptionDescription"] if risposta["outcome"] == "OK" else None
    passo("paVerifyPaymentNotice", opzione is not None and opzione["options"] == "EQ" and risposta["fiscalCodePA"] == dominio, risposta["fault"])
    dovuto = opzione["amount"]

    risposta = ufficiale.paGetPaymentV2(**chi, **quale)
    passo("paGetPaymentV2", risposta["outcome"] == "OK", risposta["fault"])
    dati = risposta["data"]
    somma = sum(t["transferAmount"] for t in dati["transferList"]["transfer"])
    passo("importi concordi", dati["paymentAmount"] == dovuto == somma, f"{dovuto} = {somma}")

    corpo = ricevuta(dati, dominio, avviso)
    risposta = ufficiale.paSendRTV2(**chi, receipt=corpo)
    passo("paSendRTV2", risposta["outcome"] == "OK" and risposta["fault"] is None, risposta["fault"])

    risposta = ufficiale.paSendRTV2(**chi, receipt=corpo)
    codice = risposta["fault"]["faultCode"] if risposta["outcome"] == "KO" else None
    passo("paSendRTV2 ripetuta", codice == "PAA_RECEIPT_DUPLICATA", codice)

    # The description is open to all: a session without credentials reads it.
    aperto = Transport(timeout=TEMPO_MASSIMO_S)
    descritto = zeep.Client(f"{url}?wsdl", transport=aperto, settings=zeep.Settings(strict=True))
    (binding,) = descritto.wsdl.bindings
    passo("nostro ?wsdl letto senza credenziali", True)
    porte = [p for s in descritto.wsdl.services.values() for p in s.ports.values()]
    passo("indirizzo del nostro WSDL", [p.binding_options["address"] for p in porte] == [url])

    _, nostro = servizio(f"{url}?wsdl", url, trasporto)
    risposta = nostro.paVerifyPaymentNotice(**chi, **quale)
    codice = risposta["fault"]["faultCode"] if risposta["outcome"] == "KO" else None
    passo("verifica dal nostro WSDL di un avviso pagato", codice == "PAA_PAGAMENTO_DUPLICATO", codice)


if __name__ == "__main__":
    if len(sys.argv) != 7:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    try:
        main(*sys.argv[1:])
    except (zeep.exceptions.Error, requests.RequestException, OSError, KeyError, TypeError) as errore:
        passo(type(errore).__name__, False, errore)
