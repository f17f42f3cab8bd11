<#assign formato = class["org.apache.commons.csv.CSVFormat"].newFormat(';').withQuote('"')>
<#assign csvUtils = class["it.govpay.core.utils.CSVUtils"].getInstance(formato)>
<#assign dateUtils = class["it.govpay.core.utils.SimpleDateFormatUtils"].getInstance()>
<#assign csvRecord = csvUtils.getCSVRecord(lineaCsvRichiesta)>
<#if csvUtils.isOperazioneAnnullamento(csvRecord, 3)>
<#assign tmp = context?api.put("tipoOperazione", "DEL")!/>
{
    "idA2A": ${csvUtils.toJsonValue(csvRecord, 0)},
    "idPendenza": ${csvUtils.toJsonValue(csvRecord, 1)}
}
<#else>
<#assign tmp = context?api.put("tipoOperazione", "ADD")!/>
<#if !csvUtils.isEmpty(csvRecord, 9)>
    <#assign dataAvviso = csvRecord.get(9)>
    <#if dataAvviso.equals("MAI")>
        <#assign tmp = context?api.put("avvisatura", false)!/>
    <#else>
        <#assign tmp = context?api.put("dataAvvisatura", dateUtils.getDataAvvisatura(dataAvviso, "dataAvvisatura"))!/>
    </#if>
</#if>
{
    "idA2A": ${csvUtils.toJsonValue(csvRecord, 0)},
    "idPendenza": ${csvUtils.toJsonValue(csvRecord, 1)},
    "idDominio": "${idDominio}",
    "idTipoPendenza": "${idTipoVersamento}",
    "causale": ${csvUtils.toJsonValue(csvRecord, 2)},
    "importo": ${csvUtils.toJsonValue(csvRecord, 3)},
    <#if !csvUtils.isEmpty(csvRecord, 4)>
    "dataScadenza": ${csvUtils.toJsonValue(csvRecord, 4)},
    </#if>
    "soggettoPagatore": {
        "tipo": "F",
        "identificativo": ${csvUtils.toJsonValue(csvRecord, 5)},
        "anagrafica": ${csvUtils.toJsonValue(csvRecord, 6, 7)}
    },
    <#if !csvUtils.isEmpty(csvRecord, 10)>
    "documento": {
        "identificativo": ${csvUtils.toJsonValue(csvRecord, 10)},
        <#assign rata = csvRecord.get(11)>
        <#if rata?matches('[0-9]+')>
        "rata": ${csvUtils.toJsonValue(csvRecord, 11)}
        <#elseif rata == "RIDOTTO" || rata == "SCONTATO">
        "soglia": {"tipo": "${rata}"}
        <#else>
        "soglia": {"tipo": "${rata[0..4]}", "giorni": ${rata[5..]}}
        </#if>
    },
    </#if>
    <#if !csvUtils.isEmpty(csvRecord, 12)>
    <#assign lingua = csvRecord.get(12)?split("|")>
    "proprieta": {
        "linguaSecondaria": "${lingua[0]}"<#if (lingua?size > 1)>,
        "linguaSecondariaCausale": "${lingua[1]}"</#if>
    },
    </#if>
    "voci": [
        {
            "idVocePendenza": "1",
            "importo": ${csvUtils.toJsonValue(csvRecord, 3)},
            "idDominio": "${csvUtils.getCodDominioFromIbanAccredito(csvRecord, 8)}",
            "ibanAccredito": ${csvUtils.toJsonValue(csvRecord, 8)}
        }
    ]
}
</#if>
