<#setting locale="en_US">
<#assign jsonUtilities = class["it.govpay.core.utils.rawutils.JSONUtils"].getInstance()>
<#assign corpo = jsonUtilities.getAsNode(jsonPath.read("$"))>
<#assign cf = jsonPath.read("$.alunno.cf")!"">
<#if !cf?matches('[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z]')>
    <#stop "Codice fiscale dell'alunno non valido">
</#if>
<#if !(corpo.get("pasti"))??>
    <#stop "Indicare il numero dei pasti">
</#if>
<#-- amounts and dates -->
<#assign pasti = corpo.get("pasti").asDouble() />
<#assign importoPasti = corpo.get("quota").asDouble() * pasti />
<#assign importo = importoPasti>
<#if corpo.get("tassa")?? && corpo.get("tassa").asBoolean()>
    <#assign importo = importo + 2>
</#if>
<#assign Calendario = class["java.util.Calendar"]>
<#assign ora = new("java.util.Date")>
<#assign calendario = Calendario.getInstance()>
<#assign x = calendario.setTime(ora)!/>
<#assign x = calendario.set(Calendario.MONTH, jsonPath.read("$.mese")?number - 1)!/>
<#assign x = calendario.set(Calendario.DATE, calendario.getActualMaximum(Calendario.DAY_OF_MONTH))!/>
<#assign validita = calendario.getTime()>
<#assign x = calendario.set(Calendario.MONTH, 11)!/>
<#assign x = calendario.set(Calendario.DATE, 31)!/>
<#assign scadenza = calendario.getTime()>
<#assign idPendenza = ora?string("yyyyDDDHHmmssSSS")>
{
    "idA2A": "MENSE",
    "idPendenza": "${idPendenza}",
    "idDominio": "${pathParams["idDominio"]!idDominio}",
    "idTipoPendenza": "${pathParams["idTipoPendenza"]}",
    <#if queryParams?? && queryParams["idUnitaOperativa"]??>
    "idUnitaOperativa": "${queryParams["idUnitaOperativa"]}",
    </#if>
    <#setting locale="it_IT">
    "causale": "Mensa di ${validita?string("MMMM yyyy")}, ${pasti} pasti",
    <#setting locale="en_US">
    "soggettoPagatore": {
        "tipo": "F",
        "identificativo": "${cf}",
        "anagrafica": "${corpo.get("alunno").get("nome").asText()?json_string}"
    },
    "importo": ${importo?string["#.00"]},
    "dataValidita": "${validita?string("yyyy-MM-dd")}",
    "dataScadenza": "${scadenza?string("yyyy-MM-dd")}",
    "annoRiferimento": ${validita?string("yyyy")},
    "voci": [
        {
            "idVocePendenza": "${idPendenza}_1",
            "importo": ${importoPasti?string["0.00"]},
            "descrizione": "Pasti",
            "codEntrata": "MENSA"
        }<#if (importo > importoPasti)>,
        {
            "idVocePendenza": "${idPendenza}_2",
            "importo": ${(importo - importoPasti)?string["0.00"]},
            "descrizione": "Iscrizione",
            "codEntrata": "ISCRIZIONI"
        }</#if>
    ]
}
