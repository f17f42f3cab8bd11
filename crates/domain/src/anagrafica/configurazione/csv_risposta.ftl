<#assign csv = class["it.govpay.core.utils.CSVUtils"].getInstance()>
<#if esitoOperazione == "ESEGUITO_OK">
<#assign debitore = versamento.getAnagraficaDebitore()>
<#assign avviso = versamento.getNumeroAvviso()!"">
<#if avviso?has_content && versamento.getIdDocumento()?has_content>
<#assign pdf = idDominio + "_DOC_" + documento.getCodDocumento() + ".pdf">
<#elseif avviso?has_content>
<#assign pdf = idDominio + "_" + avviso + ".pdf">
<#else>
<#assign pdf = "">
</#if>
<#if tipoOperazione == "DEL"><#assign errore = descrizioneEsitoOperazione!""><#else><#assign errore = ""></#if>
${csv.toCsv(applicazione.getCodApplicazione(), versamento.getCodVersamentoEnte(), idDominio, idTipoVersamento, avviso, pdf, debitore.getTipo().toString(), debitore.getCodUnivoco(), debitore.getRagioneSociale(), debitore.getIndirizzo()!"", debitore.getCivico()!"", debitore.getCap()!"", debitore.getLocalita()!"", debitore.getProvincia()!"", debitore.getNazione()!"", debitore.getEmail()!"", debitore.getCellulare()!"", errore)}<#rt>
<#else>
${csv.toCsv("", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", descrizioneEsitoOperazione!"")}<#rt>
</#if>
