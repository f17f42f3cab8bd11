Gentile ${versamento.getAnagraficaDebitore().getRagioneSociale()},

${dominio.getRagioneSociale()} comunica l'esito del seguente pagamento:
${versamento.getCausaleVersamento().getSimple()}
Importo: ${versamento.importoTotale?string("#,##0.00")} euro
<#if rpt?has_content>
Identificativo univoco di versamento: ${rpt.getIuv()}
Codice della ricevuta: ${rpt.getCcp()}
</#if>
