Gentile ${versamento.getAnagraficaDebitore().getRagioneSociale()},

${dominio.getRagioneSociale()} comunica che il seguente pagamento puo' essere effettuato:
${versamento.getCausaleVersamento().getSimple()}
Importo: ${versamento.importoTotale?string("#,##0.00")} euro
<#if versamento.getNumeroAvviso()?has_content>
Codice avviso: ${versamento.getNumeroAvviso()}
</#if>
Ente creditore (codice fiscale): ${dominio.getCodDominio()}

Il pagamento e' possibile presso tutti i prestatori di servizi che aderiscono a pagoPA.
