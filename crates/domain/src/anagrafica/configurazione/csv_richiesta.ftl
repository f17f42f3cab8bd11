<#assign csv = class["it.govpay.core.utils.CSVUtils"].getInstance()>
<#assign riga = csv.getCSVRecord(lineaCsvRichiesta)>
<#if csv.isOperazioneAnnullamento(riga, 12)>
<#assign tmp = context?api.put("tipoOperazione", "DEL")!/>
{ "idA2A": ${csv.toJsonValue(riga, 0)}, "idPendenza": ${csv.toJsonValue(riga, 1)} }
<#else>
<#assign tmp = context?api.put("tipoOperazione", "ADD")!/>
<#if !csv.isEmpty(riga, 82)>
<#assign quando = riga.get(82)>
<#if quando == "MAI">
<#assign tmp = context?api.put("avvisatura", false)!/>
<#else>
<#assign giorni = class["it.govpay.core.utils.SimpleDateFormatUtils"].getInstance()>
<#assign tmp = context?api.put("dataAvvisatura", giorni.getDataAvvisatura(quando, "dataAvvisatura"))!/>
</#if>
</#if>
{
"idA2A": ${csv.toJsonValue(riga, 0)}, "idPendenza": ${csv.toJsonValue(riga, 1)}, "idDominio": ${csv.toJsonValue(riga, 2)},
"idTipoPendenza": <#if csv.isEmpty(riga, 4)>"LIBERO"<#else>${csv.toJsonValue(riga, 4)}</#if>
<#list [["numeroAvviso", 3], ["idUnitaOperativa", 5], ["causale", 6], ["annoRiferimento", 7], ["cartellaPagamento", 8], ["direzione", 10], ["divisione", 11], ["importo", 12], ["dataValidita", 13], ["dataScadenza", 14], ["tassonomiaAvviso", 15]] as campo>
<#if !csv.isEmpty(riga, campo[1])>, "${campo[0]}": ${csv.toJsonValue(riga, campo[1])}</#if>
</#list>
<#if !csv.isEmpty(riga, 9)>, "datiAllegati": ${riga.get(9)}</#if>
, "soggettoPagatore": { "tipo": ${csv.toJsonValue(riga, 16)}, "identificativo": ${csv.toJsonValue(riga, 17)}
<#list [["anagrafica", 18], ["indirizzo", 19], ["civico", 20], ["cap", 21], ["localita", 22], ["provincia", 23], ["nazione", 24], ["email", 25], ["cellulare", 26]] as campo>
<#if !csv.isEmpty(riga, campo[1])>, "${campo[0]}": ${csv.toJsonValue(riga, campo[1])}</#if>
</#list>
}
<#if !csv.isEmpty(riga, 83)>
, "documento": { "identificativo": ${csv.toJsonValue(riga, 83)}
<#if !csv.isEmpty(riga, 84)>, "descrizione": ${csv.toJsonValue(riga, 84)}</#if>
<#if !csv.isEmpty(riga, 85)>
<#assign rata = riga.get(85)>
<#if rata?matches("[0-9]+")>, "rata": ${csv.toJsonValue(riga, 85)}
<#elseif rata == "RIDOTTO" || rata == "SCONTATO">, "soglia": { "tipo": "${rata}" }
<#else>, "soglia": { "tipo": "${rata?substring(0, 5)?json_string}", "giorni": ${rata?substring(5)} }
</#if>
</#if>
}
</#if>
<#if !csv.isEmpty(riga, 86)>
<#assign lingua = riga.get(86)?split("|")>
, "proprieta": { "linguaSecondaria": "${lingua[0]?json_string}"<#if (lingua?size > 1)>, "linguaSecondariaCausale": "${lingua[1]?json_string}"</#if> }
</#if>
, "voci": [
<#list [27, 38, 49, 60, 71] as v>
<#if v == 27 || !csv.isEmpty(riga, v)>
<#if (v > 27)>, </#if>{ "idVocePendenza": ${csv.toJsonValue(riga, v)}, "importo": ${csv.toJsonValue(riga, v + 1)}, "descrizione": ${csv.toJsonValue(riga, v + 2)}
<#if !csv.isEmpty(riga, v + 7)>, "codEntrata": ${csv.toJsonValue(riga, v + 7)}
<#elseif !csv.isEmpty(riga, v + 8)>, "tipoBollo": ${csv.toJsonValue(riga, v + 8)}, "hashDocumento": ${csv.toJsonValue(riga, v + 9)}, "provinciaResidenza": ${csv.toJsonValue(riga, v + 10)}
<#else>, "idDominio": "${csv.getCodDominioFromIbanAccredito(riga, v + 3)}", "ibanAccredito": ${csv.toJsonValue(riga, v + 3)}
<#if !csv.isEmpty(riga, v + 4)>, "ibanAppoggio": ${csv.toJsonValue(riga, v + 4)}</#if>
, "tipoContabilita": ${csv.toJsonValue(riga, v + 5)}, "codiceContabilita": ${csv.toJsonValue(riga, v + 6)}
</#if>
}
</#if>
</#list>
]
}
</#if>
