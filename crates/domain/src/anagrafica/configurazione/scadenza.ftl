Gentile ${versamento.getAnagraficaDebitore().getRagioneSociale()},

${dominio.getRagioneSociale()} ricorda che e' vicina la scadenza del seguente pagamento:
${versamento.getCausaleVersamento().getSimple()}
Importo: ${versamento.importoTotale?string("#,##0.00")} euro
<#if versamento.getNumeroAvviso()?has_content>
Codice avviso: ${versamento.getNumeroAvviso()}
</#if>
Ente creditore (codice fiscale): ${dominio.getCodDominio()}

Se il pagamento e' gia' stato effettuato, questo messaggio non va considerato.
