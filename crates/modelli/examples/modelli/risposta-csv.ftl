<#assign csvUtils = class["it.govpay.core.utils.CSVUtils"].getInstance()>
<#if esitoOperazione == "ESEGUITO_OK">
<#assign debitore = versamento.getAnagraficaDebitore()>
<#if versamento.getNumeroAvviso()?has_content>
<#assign pdf = idDominio + "_" + versamento.getNumeroAvviso() + ".pdf">
<#else>
<#assign pdf = "">
</#if>
<#if tipoOperazione == "DEL"><#assign errore = descrizioneEsitoOperazione><#else><#assign errore = ""></#if>
${csvUtils.toCsv(applicazione.getCodApplicazione(), versamento.getCodVersamentoEnte(), idDominio, versamento.getNumeroAvviso()!"", pdf, debitore.getTipo().toString(), debitore.getRagioneSociale()!"", errore)}<#rt>
<#else>
${csvUtils.toCsv("", "", "", "", "", "", "", descrizioneEsitoOperazione!"")}<#rt>
</#if>
